// SPDX-License-Identifier: Apache-2.0

/// Brings files from below one base of a repository: an HTTP server, a mirror, a folder.
package protocol Fetcher: Sendable {
    /// Brings a file, piece by piece.
    ///
    /// - Parameters:
    ///   - path: where it is below the base, percent-encoded as for a URL.
    ///   - limit: how long it may be; a fetcher stops when more comes.
    ///   - receive: takes the next bytes.
    /// - Throws: `FetchError`, or what `receive` throws.
    func fetch(
        _ path: String, limit: Int, receive: (_ bytes: [UInt8]) throws(UpdateError) -> Void
    ) async throws(UpdateError)
}

extension Fetcher {
    /// Brings a whole file.
    ///
    /// - Throws: `UpdateError.notFetched`.
    func bytes(of path: String, limit: Int) async throws(UpdateError) -> [UInt8] {
        var contents: [UInt8] = []
        try await fetch(path, limit: limit) { (bytes: [UInt8]) throws(UpdateError) in contents += bytes }
        guard contents.count <= limit else { throw .notFetched(file: path, .tooLong(limit: limit)) }
        return contents
    }
}
