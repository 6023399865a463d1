// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// A repository that lies in a folder: a medium, or a mirror on a file system.
package struct DirectoryFetcher: Fetcher {
    /// The folder.
    package let directory: String

    /// A folder.
    package init(directory: String) { self.directory = directory }

    package func fetch(
        _ path: String, limit: Int, receive: (_ bytes: [UInt8]) throws(UpdateError) -> Void
    ) async throws(UpdateError) {
        guard let relative = FileNaming.relativePath(ofEncoded: path) else {
            throw .notFetched(file: path, .notFound)
        }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try contents(ofFile: directory + "/" + relative, limit: limit)
        } catch {
            switch error.number {
            case .noSuchFile: throw .notFetched(file: path, .notFound)
            case .fileTooLarge: throw .notFetched(file: path, .tooLong(limit: limit))
            default: throw .storage(error)
            }
        }
        try receive(bytes)
    }
}
