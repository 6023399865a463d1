// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// A repository as a folder of files, which any web server, mirror or medium can serve: `metadata/` and `targets/`.
package struct RepositoryTree: Sendable {
    /// The folder.
    package let path: String

    /// A folder, which need not exist yet.
    package init(path: String) { self.path = path }

    /// Where the metadata is.
    package var metadata: String { path + "/metadata" }
    /// Where the targets are.
    package var targets: String { path + "/targets" }

    /// Writes the metadata, in an order in which whoever reads meanwhile finds a whole repository, the old or the new one.
    ///
    /// What is there already is not written again. A writer that ends half way leaves the old repository; the next one
    /// goes on from there.
    ///
    /// - Throws: `RepositoryError.notComplete`, `.alreadyPublished` or `.storage`.
    package func write(_ publication: Publication) throws(RepositoryError) {
        let files = try publication.files(after: try rootCount())
        let present = try files.map { file throws(RepositoryError) in try contents(of: file.name) }
        // All names are looked at before the first is written.
        for (file, old) in zip(files, present) where file.isFixed && old != nil && old != file.bytes {
            throw .alreadyPublished(file: file.name)
        }
        for (file, old) in zip(files, present) where old != file.bytes {
            try write(file.bytes, to: file.name, below: metadata)
        }
    }

    /// Writes a target's contents, before the metadata that vouches for it.
    ///
    /// - Parameters:
    ///   - bytes: the contents.
    ///   - target: where it is, relative to the base of all targets.
    ///   - consistentSnapshot: whether the root says that names have hashes in them.
    /// - Returns: what a targets role should say of it.
    /// - Throws: `RepositoryError.unusableName` or `.storage`.
    package func write(
        _ bytes: [UInt8], as target: TargetPath, consistentSnapshot: Bool = true
    ) throws(RepositoryError) -> TargetFile {
        let file = TargetFile(of: bytes)
        let name = FileNaming.target(target, hash: consistentSnapshot ? file.hashes.first : nil)
        try write(bytes, to: name, below: targets)
        return file
    }

    private func write(_ bytes: [UInt8], to encoded: String, below folder: String) throws(RepositoryError) {
        // A web server decodes what a client encodes.
        guard let relative = FileNaming.relativePath(ofEncoded: encoded) else { throw .unusableName(encoded) }
        do throws(SystemError) {
            try makeDirectory(path)
            try makeDirectory(folder)
            var parent = folder
            for part in relative.split(separator: "/").dropLast() {
                parent += "/" + part
                try makeDirectory(parent)
            }
            try replaceFile(folder + "/" + relative, with: bytes)
        } catch {
            throw .storage(error)
        }
    }
}
