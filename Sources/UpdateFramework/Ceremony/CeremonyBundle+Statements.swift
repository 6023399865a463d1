// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON

extension CeremonyBundle {
    /// What a signature under a role would say.
    package struct Statement: Sendable {
        /// The role.
        package var role: RoleName
        /// The version.
        package var version: Int64
        /// From when on it must not be trusted.
        package var expires: UpdateTime
        /// The version that it follows; nil for the first.
        package var previousVersion: Int64?
        /// What is different then.
        package var changes: [Change]
        /// The SHA-256 of what is signed.
        package var digest: String

        /// Whether there are versions in between.
        ///
        /// They are from a publication that did not come to the end; or the bundle shows an old state of the repository, so
        /// that the change takes back what was published since.
        package var hasGap: Bool { version - 1 > (previousVersion ?? 0) }
    }

    /// A difference between what is published and what is to follow.
    package enum Change: Hashable, Sendable {
        /// A role's keys or threshold; the old threshold is nil for a new role.
        case signers(of: RoleName, added: [KeyID], removed: [KeyID], oldThreshold: Int?, threshold: Int)
        /// A delegation to a role that had none, for these paths.
        case delegated(to: RoleName, paths: [String], isTerminating: Bool)
        /// A delegation for other paths than before, or in another way.
        case scope(of: RoleName, paths: [String], isTerminating: Bool)
        /// A role to which nothing is delegated any more.
        case undelegated(RoleName)
        /// A new target, or one with other contents.
        case added(TargetPath, TargetFile, replaces: TargetFile?)
        /// A target whose description alone is different.
        case described(TargetPath, TargetFile)
        /// A target that goes.
        case removed(TargetPath)
        /// Fields that this program does not know.
        case other(fields: [String])
    }

    /// What is to be signed, in words' raw material: the root first, then the targets roles.
    package var statements: [Statement] {
        var statements: [Statement] = []
        if let root {
            statements.append(
                Self.statement(.root, root, after: roots.last?.payload.header, changes: Self.changes(root, roots.last)))
        }
        for role in proposedRoles {
            guard let metadata = targets[role] else { continue }
            let before = published[role]?.payload
            let changes =
                Self.changes(metadata.payload.targets, before?.targets ?? [:])
                + Self.changes(metadata.payload.delegations, before?.delegations)
                + Self.changes(metadata.payload.header, before?.header)
            statements.append(Self.statement(role, metadata, after: before?.header, changes: changes))
        }
        return statements
    }

    /// The SHA-256 of all that is signed, for holders to compare by voice.
    package var fingerprint: String {
        let lines = statements.map { "\($0.role) \($0.version) \($0.digest)\n" }.joined()
        return Hexadecimal.text(of: SHA256.hash(data: Array(lines.utf8)))
    }

    private static func statement<Payload: MetadataPayload>(
        _ role: RoleName, _ metadata: SignedMetadata<Payload>, after before: MetadataHeader?, changes: [Change]
    ) -> Statement {
        Statement(
            role: role, version: metadata.payload.header.version, expires: metadata.payload.header.expires,
            previousVersion: before?.version, changes: changes,
            digest: Hexadecimal.text(of: SHA256.hash(data: metadata.signedBytes)))
    }

    private static func changes(
        _ root: SignedMetadata<RootMetadata>, _ before: SignedMetadata<RootMetadata>?
    ) -> [Change] {
        var changes = RoleName.topLevel.compactMap { role -> Change? in
            guard let new = root.payload.roles[role] else { return nil }
            return signers(of: role, new, before?.payload.roles[role])
        }
        if let before, before.payload.consistentSnapshot != root.payload.consistentSnapshot {
            changes.append(.other(fields: ["consistent_snapshot"]))
        }
        return changes + self.changes(root.payload.header, before?.payload.header)
    }

    private static func signers(of role: RoleName, _ new: RoleSigners, _ old: RoleSigners?) -> Change? {
        guard new != old else { return nil }
        let (before, after) = (Set(old?.keyIDs ?? []), Set(new.keyIDs))
        return .signers(
            of: role, added: after.subtracting(before).sorted(), removed: before.subtracting(after).sorted(),
            oldThreshold: old?.threshold, threshold: new.threshold)
    }

    private static func changes(
        _ targets: [TargetPath: TargetFile], _ before: [TargetPath: TargetFile]
    ) -> [Change] {
        var changes: [Change] = []
        for (path, file) in targets.sorted(by: { $0.key < $1.key }) where before[path] != file {
            let old = before[path]
            let isSame = old?.hashes == file.hashes && old?.length == file.length
            changes.append(isSame ? .described(path, file) : .added(path, file, replaces: old))
        }
        return changes + before.keys.filter { targets[$0] == nil }.sorted().map { .removed($0) }
    }

    private static func changes(_ delegations: Delegations?, _ before: Delegations?) -> [Change] {
        var changes: [Change] = []
        for role in delegations?.roles ?? [] {
            let old = before?.roles.first { $0.name == role.name }
            if old == nil {
                changes.append(.delegated(to: role.name, paths: role.paths, isTerminating: role.isTerminating))
            }
            if let old, old.scope != role.scope || old.isTerminating != role.isTerminating {
                changes.append(.scope(of: role.name, paths: role.paths, isTerminating: role.isTerminating))
            }
            if let change = signers(of: role.name, role.signers, old?.signers) { changes.append(change) }
        }
        let names = Set(delegations?.roles.map(\.name) ?? [])
        return changes + (before?.roles ?? []).map(\.name).filter { !names.contains($0) }.map { .undelegated($0) }
    }

    private static func changes(_ header: MetadataHeader, _ before: MetadataHeader?) -> [Change] {
        let names = Set((header.unknown.members + (before?.unknown.members ?? [])).map(\.name))
        // Who holds which key is shown with the keys.
        let other = names.filter { $0 != RootMetadata.holdersField && header.unknown[$0] != before?.unknown[$0] }
        return other.isEmpty ? [] : [.other(fields: other.sorted())]
    }
}

extension DelegatedRole {
    /// For which targets the role is trusted, as text.
    package var paths: [String] {
        switch scope {
        case .paths(let patterns): patterns.map(\.text)
        case .hashPrefixes(let prefixes): prefixes.map { "sha256:\($0)…" }
        }
    }
}
