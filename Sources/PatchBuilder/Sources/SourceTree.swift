// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The files of a project that count as its source.
///
/// Left out are version control, and what an earlier build made (objects, archives, programs): with objects in place a
/// build would have nothing to compile, and there would be nothing to record.
struct SourceTree: Sendable {
    private enum Entry: Sendable {
        case directory
        case file(digest: String, isExecutable: Bool)
        case link(destination: String)
    }

    private let directory: String
    private let entries: [(path: String, entry: Entry)]

    /// A digest of all names and contents; times do not count.
    let digest: String

    /// Reads a tree.
    ///
    /// - Parameters:
    ///   - directory: Its root.
    ///   - excluded: A folder that is left out if it is inside: the cache.
    /// - Throws: `BuildError.fileSystem` for a file that cannot be read.
    init(at directory: String, leavingOut excluded: String) throws(BuildError) {
        var entries: [(path: String, entry: Entry)] = []
        var digest = Digest(["source tree"])
        for path in try Files.paths(below: directory) {
            let whole = directory + "/" + path
            guard !Self.isVersionControl(path), whole != excluded, RelativePath.below(excluded, whole) == nil,
                let entry = try Self.entry(at: whole)
            else { continue }
            entries.append((path, entry))
            digest.add(path)
            switch entry {
            case .directory: digest.add("directory")
            case .file(let content, let isExecutable): digest.add("\(content) \(isExecutable)")
            case .link(let destination): digest.add("-> \(destination)")
            }
        }
        self.directory = directory
        self.entries = entries
        self.digest = digest.hexadecimal
    }

    /// Copies the tree, times included: make decides by them.
    func copy(to destination: String) throws(BuildError) {
        try Files.createDirectory(destination)
        for (path, entry) in entries {
            let target = destination + "/" + path
            if case .directory = entry {
                try Files.createDirectory(target)
            } else {
                try Files.copy(directory + "/" + path, to: target)
            }
            if case .file = entry {
                try Files.setAttributes(of: target, to: try Files.attributes(directory + "/" + path))
            }
        }
    }

    private static func isVersionControl(_ path: String) -> Bool {
        path.split(separator: "/").contains { [".git", ".hg", ".svn"].contains($0) }
    }

    private static func entry(at path: String) throws(BuildError) -> Entry? {
        let attributes = try Files.attributes(path)
        switch attributes[.type] as? FileAttributeType {
        case .typeDirectory: return .directory
        case .typeSymbolicLink: return .link(destination: try Files.linkDestination(path))
        case .typeRegular:
            let bytes = try Files.read(path)
            guard !ELFFile.isBuildProduct(bytes) else { return nil }
            return .file(
                digest: Digest.sha256(of: bytes), isExecutable: FileManager.default.isExecutableFile(atPath: path))
        // Sockets and devices are no source.
        default: return nil
        }
    }
}
