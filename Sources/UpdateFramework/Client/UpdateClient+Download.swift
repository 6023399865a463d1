// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

extension UpdateClient {
    /// Brings a target into a folder, unless it is there (specification, 5.7).
    ///
    /// The file gets its name when its last byte has come and all of it is what the role states; nobody sees it before.
    ///
    /// - Parameters:
    ///   - path: the target.
    ///   - file: what ``find(_:)`` said of it.
    ///   - source: where targets come from.
    ///   - folder: where the file is to be, with the target's path percent-encoded as its name.
    /// - Returns: the file's path.
    /// - Throws: `UpdateError`.
    package func download(
        _ path: TargetPath, _ file: TargetFile, from source: any Fetcher, into folder: String
    ) async throws(UpdateError) -> String {
        guard let trusted else { throw .outOfOrder(.targets) }
        guard let name = FileNaming.local(path.text) else { throw .unusableName(path.text) }
        guard let hash = file.hashes.first else { throw .unknownHashes(path) }
        let destination = folder + "/" + name
        if let present = try? contents(ofFile: destination, limit: file.length), present.count == file.length,
            file.hashes.match(present)
        {
            return destination
        }
        let remote = FileNaming.target(path, hash: trusted.root.consistentSnapshot ? hash : nil)
        try await bring(remote, path, file, from: source, to: destination)
        return destination
    }

    private func bring(
        _ remote: String, _ path: TargetPath, _ file: TargetFile, from source: any Fetcher, to destination: String
    ) async throws(UpdateError) {
        var staged = try storing { () throws(SystemError) in try StagedFile(replacing: destination) }
        var hasher = FileHasher(expecting: file.hashes)
        try await source.fetch(remote, limit: file.length) { (bytes: [UInt8]) throws(UpdateError) in
            hasher.update(bytes)
            guard hasher.count <= file.length else { throw .notFetched(file: remote, .tooLong(limit: file.length)) }
            do throws(SystemError) { try staged.write(bytes) } catch { throw .storage(error) }
        }
        guard hasher.count == file.length, hasher.matches else { throw .notTheTarget(path) }
        do throws(SystemError) { try staged.putInPlace() } catch { throw .storage(error) }
    }
}

/// What fails in the file system, as an error of the update.
private func storing<Value: ~Copyable>(_ body: () throws(SystemError) -> Value) throws(UpdateError) -> Value {
    do throws(SystemError) { return try body() } catch { throw .storage(error) }
}
