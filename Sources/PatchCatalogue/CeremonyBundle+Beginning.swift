// SPDX-License-Identifier: Apache-2.0

package import UpdateFramework

extension CeremonyBundle {
    /// Begins a repository of live patches, in which a role of its own speaks for the list of revocations.
    ///
    /// - Throws: `RepositoryError.tooFewKeys`.
    package init(
        beginning holders: [RoleName: RootCeremony.Holders], revocations: RootCeremony.Holders,
        names: [KeyID: String], at now: UpdateTime
    ) throws(RepositoryError) {
        var targets = TargetsMetadata(header: MetadataHeader(version: 1, expires: now))
        targets.delegate(to: .revocations, [PathPattern(RevocationList.path.text)], revocations)
        try self.init(creating: holders, names: names, delegations: targets.delegations, at: now)
    }
}
