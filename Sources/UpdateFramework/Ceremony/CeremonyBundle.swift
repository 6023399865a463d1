// SPDX-License-Identifier: Apache-2.0

/// A change to a repository on its way from one key holder to the next, until enough have signed.
///
/// It holds what is published and what is to follow, so that a machine without a network can compare the two. Holders of
/// keys look at ``statements``, sign, and hand it on; or each signs a copy, and the copies are merged.
package struct CeremonyBundle: Sendable {
    /// The roots that are published, from the first on; none for a repository that is yet to be.
    package let roots: [SignedMetadata<RootMetadata>]
    /// The targets roles that are published.
    package let published: [RoleName: SignedMetadata<TargetsMetadata>]
    /// The root that is to follow, if the change has one.
    package internal(set) var root: SignedMetadata<RootMetadata>?
    /// The targets roles that are to follow.
    package internal(set) var targets: [RoleName: SignedMetadata<TargetsMetadata>]
    /// The contents of targets that the change adds.
    package internal(set) var contents: [TargetPath: [UInt8]]
    /// Versions that were given before, by somebody who did not come to the end.
    var used: [RoleName: Int64]

    init(
        roots: [SignedMetadata<RootMetadata>], published: [RoleName: SignedMetadata<TargetsMetadata>],
        root: SignedMetadata<RootMetadata>? = nil, targets: [RoleName: SignedMetadata<TargetsMetadata>] = [:],
        contents: [TargetPath: [UInt8]] = [:], used: [RoleName: Int64] = [:]
    ) {
        self.roots = roots
        self.published = published
        self.root = root
        self.targets = targets
        self.contents = contents
        self.used = used
    }

    /// The root as it will be; nil for a bundle without any.
    package var finalRoot: RootMetadata? { root?.payload ?? roots.last?.payload }

    /// The targets roles as they will be.
    package var finalTargets: [RoleName: TargetsMetadata] {
        published.merging(targets) { $1 }.mapValues(\.payload)
    }

    /// Whether there is anything to sign.
    package var isEmpty: Bool { root == nil && targets.isEmpty }

    /// Whose signatures each targets role will need, by everyone who delegates to it.
    var authorities: [RoleName: [RoleKeys]] {
        var authorities: [RoleName: [RoleKeys]] = [:]
        if let finalRoot { authorities[.targets] = [finalRoot.authority(for: .targets)] }
        for metadata in finalTargets.values {
            guard let delegations = metadata.delegations else { continue }
            for role in delegations.roles {
                authorities[role.name, default: []].append(delegations.authority(for: role))
            }
        }
        return authorities
    }

    /// The ceremony of the proposed root; nil if there is none.
    func rootCeremony() throws(RepositoryError) -> RootCeremony? {
        guard let root else { return nil }
        return try RootCeremony(resuming: root, after: roots.last)
    }
}
