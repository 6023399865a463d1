// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

extension RepositoryTree {
    /// What an export wrote.
    package struct Export: Sendable {
        /// Files of metadata that are there now.
        package var metadata: Int
        /// Targets that are there now.
        package var targets: Int
        /// Bytes that were not there before.
        package var newBytes: Int
    }

    /// Copies what is published into another folder: for a web server, a mirror or a medium.
    ///
    /// Everything is verified first. Targets come before the metadata that vouches for them, and the timestamp last, so
    /// that a mirror that is served meanwhile is whole at any instant, and stays as it was if the export does not come to
    /// the end. Files of earlier states are left there, for hosts that are in the midst of an update.
    ///
    /// - Throws: `RepositoryError.missing` or `.wrongContents` if the repository is not whole; `.notComplete`, `.storage`.
    package func export(to other: RepositoryTree) throws(RepositoryError) -> Export {
        guard let publication = try read() else { throw .missing(file: metadata + "/timestamp.json") }
        let files = try publication.files()
        let isConsistent = publication.roots.last?.payload.consistentSnapshot ?? true
        var export = Export(metadata: files.count, targets: 0, newBytes: 0)
        for (path, file) in publication.targets.values.flatMap(\.payload.targets) {
            let bytes = try contents(of: path, file, consistentSnapshot: isConsistent)
            export.targets += 1
            let present = try? other.contents(of: path, file, consistentSnapshot: isConsistent)
            guard present == nil else { continue }
            _ = try other.write(bytes, as: path, consistentSnapshot: isConsistent)
            export.newBytes += bytes.count
        }
        for file in files where try other.contents(of: file.name) != file.bytes { export.newBytes += file.bytes.count }
        try other.write(publication)
        return export
    }

    /// A target's contents, which must be what its role states.
    ///
    /// - Throws: `RepositoryError.wrongContents`, `.unusableName` or `.storage`.
    package func contents(
        of path: TargetPath, _ file: TargetFile, consistentSnapshot: Bool = true
    ) throws(RepositoryError) -> [UInt8] {
        let name = FileNaming.target(path, hash: consistentSnapshot ? file.hashes.first : nil)
        guard let relative = FileNaming.relativePath(ofEncoded: name) else { throw .unusableName(path.text) }
        do throws(SystemError) {
            let bytes = try LinuxSystem.contents(ofFile: targets + "/" + relative, limit: file.length)
            guard bytes.count == file.length, file.hashes.match(bytes) else {
                throw SystemError("read", .invalid)
            }
            return bytes
        } catch {
            guard [.noSuchFile, .fileTooLarge, .invalid].contains(error.number) else { throw .storage(error) }
            throw .wrongContents(target: path)
        }
    }
}
