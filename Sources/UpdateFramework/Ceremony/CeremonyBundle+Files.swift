// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import LinuxSystem

extension CeremonyBundle {
    /// What a bundle's files may have at most, which is what a client takes of a target's metadata, and more.
    private static let limit = 1 << 26

    /// The folders of a bundle.
    private enum Folder: String, CaseIterable {
        case published
        case proposed
        case targets
    }

    /// Reads a bundle from a folder.
    ///
    /// - Throws: `RepositoryError.notABundle`, `.malformed`, `.missing` or `.storage`.
    package init(folder path: String) throws(RepositoryError) {
        let index = try Self.index(path)
        var roots: [SignedMetadata<RootMetadata>] = []
        for version in 0..<index.roots {
            roots.append(
                try Self.read("\(path)/\(Folder.published.rawValue)/", FileNaming.metadata(.root, version: version + 1))
            )
        }
        var published: [RoleName: SignedMetadata<TargetsMetadata>] = [:]
        for role in index.published { published[role] = try Self.read(path, .published, role) }
        var root: SignedMetadata<RootMetadata>?
        var targets: [RoleName: SignedMetadata<TargetsMetadata>] = [:]
        for role in index.proposed {
            if role == .root {
                root = try Self.read(path, .proposed, role)
            } else {
                targets[role] = try Self.read(path, .proposed, role)
            }
        }
        var contents: [TargetPath: [UInt8]] = [:]
        for target in index.contents {
            guard let name = FileNaming.local(target.text) else { throw .unusableName(target.text) }
            contents[target] = try Self.bytes("\(path)/\(Folder.targets.rawValue)/", name)
        }
        self.init(roots: roots, published: published, root: root, targets: targets, contents: contents)
    }

    /// Writes a new bundle.
    ///
    /// The file without which a folder is no bundle is written last.
    ///
    /// - Throws: `RepositoryError.bundleExists`, `.unusableName` or `.storage`.
    package func write(toFolder path: String) throws(RepositoryError) {
        if (try? LinuxSystem.contents(ofFile: path + "/bundle.json", limit: 1 << 24)) != nil {
            throw .bundleExists(path: path)
        }
        try Self.storing { () throws(SystemError) in
            try makeDirectory(path)
            for folder in Folder.allCases { try makeDirectory("\(path)/\(folder.rawValue)") }
        }
        for root in roots {
            let name = FileNaming.metadata(.root, version: root.payload.header.version)
            try Self.write(root.bytes, path, .published, name)
        }
        for (role, metadata) in published { try Self.write(metadata.bytes, path, .published, try Self.name(role)) }
        for (target, bytes) in contents {
            guard let name = FileNaming.local(target.text) else { throw .unusableName(target.text) }
            try Self.write(bytes, path, .targets, name)
        }
        try writeProposals(toFolder: path)
        let index = Index(
            roots: Int64(roots.count), published: published.keys.sorted(),
            proposed: (root == nil ? [] : [.root]) + proposedRoles, contents: contents.keys.sorted())
        try Self.storing { () throws(SystemError) in try replaceFile(path + "/bundle.json", with: index.value.text) }
    }

    /// Writes what is proposed, with the signatures that it has now, over what was there.
    ///
    /// - Throws: `RepositoryError.unusableName` or `.storage`.
    package func writeProposals(toFolder path: String) throws(RepositoryError) {
        if let root { try Self.write(root.bytes, path, .proposed, try Self.name(.root)) }
        for (role, metadata) in targets { try Self.write(metadata.bytes, path, .proposed, try Self.name(role)) }
    }

    private static func index(_ path: String) throws(RepositoryError) -> Index {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try LinuxSystem.contents(ofFile: path + "/bundle.json", limit: 1 << 24)
        } catch {
            throw error.number == .noSuchFile || error.number == .notDirectory
                ? .notABundle(path: path) : .storage(error)
        }
        guard let document = try? JSONValue(parsing: bytes) else { throw .notABundle(path: path) }
        do throws(MetadataError) { return try Index(document) } catch { throw .malformed(error) }
    }

    private static func name(_ role: RoleName) throws(RepositoryError) -> String {
        guard let name = FileNaming.local(role.text, suffix: ".json") else { throw .unusableName(role.text) }
        return name
    }

    private static func write(
        _ bytes: [UInt8], _ path: String, _ folder: Folder, _ name: String
    ) throws(RepositoryError) {
        try storing { () throws(SystemError) in try replaceFile("\(path)/\(folder.rawValue)/\(name)", with: bytes) }
    }

    private static func read<Payload: MetadataPayload>(
        _ path: String, _ folder: Folder, _ role: RoleName
    ) throws(RepositoryError) -> SignedMetadata<Payload> {
        try read("\(path)/\(folder.rawValue)/", try name(role))
    }

    private static func read<Payload: MetadataPayload>(
        _ folder: String, _ name: String
    ) throws(RepositoryError) -> SignedMetadata<Payload> {
        let bytes = try bytes(folder, name)
        do throws(MetadataError) { return try SignedMetadata(parsing: bytes) } catch { throw .malformed(error) }
    }

    private static func bytes(_ folder: String, _ name: String) throws(RepositoryError) -> [UInt8] {
        do throws(SystemError) {
            return try LinuxSystem.contents(ofFile: folder + name, limit: limit)
        } catch {
            throw error.number == .noSuchFile ? .missing(file: name) : .storage(error)
        }
    }

    private static func storing(_ body: () throws(SystemError) -> Void) throws(RepositoryError) {
        do throws(SystemError) { try body() } catch { throw .storage(error) }
    }
}

extension CeremonyBundle {
    /// What a bundle's folder holds.
    private struct Index {
        var roots: Int64
        var published: [RoleName]
        var proposed: [RoleName]
        var contents: [TargetPath]

        init(roots: Int64, published: [RoleName], proposed: [RoleName], contents: [TargetPath]) {
            (self.roots, self.published, self.proposed, self.contents) = (roots, published, proposed, contents)
        }

        init(_ document: JSONValue) throws(MetadataError) {
            let fields = try Fields(document, path: "bundle")
            guard try fields.integer("schemaVersion", atLeast: 1) == 1 else {
                throw .badValue(field: fields.path(of: "schemaVersion"), value: "of a later program")
            }
            roots = try fields.integer("roots", atLeast: 0)
            published = try fields.strings("published").map { RoleName($0) }
            proposed = try fields.strings("proposed").map { RoleName($0) }
            contents = try fields.strings("contents").map { TargetPath($0) }
        }

        var value: JSONValue {
            .object([
                "schemaVersion": .integer(1), "roots": .integer(roots),
                "published": .array(published.map { .string($0.text) }),
                "proposed": .array(proposed.map { .string($0.text) }),
                "contents": .array(contents.map { .string($0.text) }),
            ])
        }
    }
}
