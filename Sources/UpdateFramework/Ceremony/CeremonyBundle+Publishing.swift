// SPDX-License-Identifier: Apache-2.0

extension CeremonyBundle {
    /// What a repository publishes after the change.
    ///
    /// A change that was published half, by a program that did not come to the end, is published again as a whole.
    ///
    /// - Parameters:
    ///   - publication: what it publishes now; nil if it is yet to be.
    ///   - present: its roots; also where there is nothing else yet.
    ///   - now: the moment.
    /// - Returns: What it publishes then, but for snapshot and timestamp, which the server signs.
    /// - Throws: `RepositoryError` with what is missing or does not follow.
    package func applied(
        to publication: Publication?, roots present: [SignedMetadata<RootMetadata>], at now: UpdateTime
    ) throws(RepositoryError) -> Publication {
        let after = roots + [root].compactMap { $0 }
        let isResumed = present.map(\.signedBytes) == after.map(\.signedBytes)
        try check(trustedRoot: isResumed && roots.isEmpty && publication == nil ? nil : present.first, at: now)
        guard isResumed || present.map(\.signedBytes) == roots.map(\.signedBytes) else {
            throw .doesNotFollow(
                role: .root, published: Int64(present.count), found: root?.payload.header.version ?? Int64(roots.count))
        }
        for requirement in requirements where requirement.missing > 0 {
            throw .notComplete(
                role: requirement.role, valid: requirement.signed.count, threshold: requirement.threshold)
        }
        for (role, metadata) in targets {
            let current = publication?.targets[role]
            let isExpected = [published[role]?.signedBytes, metadata.signedBytes].contains(current?.signedBytes)
            guard isExpected else {
                throw .doesNotFollow(
                    role: role, published: current?.payload.header.version ?? 0,
                    found: metadata.payload.header.version)
            }
        }
        var next = publication ?? Publication(roots: [], targets: [:])
        next.roots = after
        next.targets.merge(targets) { $1 }
        return next
    }
}
