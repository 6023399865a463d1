// SPDX-License-Identifier: Apache-2.0

/// A change of the keys that sign: one that is replaced, revoked or added, or another threshold.
package struct KeyEdit: Sendable {
    /// Keys that others take the place of.
    package var replaced: [KeyID: PublicKey] = [:]
    /// Keys that go.
    package var removed: Set<KeyID> = []
    /// Keys that come.
    package var added: [PublicKey] = []
    /// The threshold from now on; nil if it stays.
    package var threshold: Int?
    /// The roles that are meant; empty for all that have one of the keys.
    package var roles: Set<RoleName> = []

    /// A change of nothing yet.
    package init() {}

    /// The keys that are to go from somewhere.
    package var leaving: Set<KeyID> { removed.union(replaced.keys) }

    /// Whether the change is one of a role with these keys.
    func concerns(_ role: RoleName, _ keys: [KeyID]) -> Bool {
        roles.isEmpty ? !leaving.isDisjoint(with: keys) : roles.contains(role)
    }

    /// A role's keys and threshold after the change.
    func applied(
        to keys: [PublicKey], threshold old: Int, of role: RoleName
    ) throws(RepositoryError) -> RootCeremony.Holders {
        let ids = keys.map(\.id)
        // Where roles are named, each must have had the key: a slip would leave a stolen key in force.
        if !roles.isEmpty, let stranger = leaving.first(where: { !ids.contains($0) }) {
            throw .noSuchKey(key: stranger, role: role)
        }
        var new: [PublicKey] = []
        for key in keys.compactMap({ replaced[$0.id] ?? (removed.contains($0.id) ? nil : $0) }) + added {
            guard !new.contains(key) else { throw .keyInUse(key: key.id, role: role) }
            new.append(key)
        }
        let holders = RootCeremony.Holders(new, threshold: threshold ?? old)
        let distinct = Set(new.compactMap(\.material?.identity)).count
        guard holders.threshold >= 1, distinct == new.count, distinct >= holders.threshold else {
            throw .tooFewKeys(role: role, keys: distinct, threshold: holders.threshold)
        }
        return holders
    }
}

extension CeremonyBundle {
    /// Changes keys wherever they sign, in the root and in delegations.
    ///
    /// What the remaining signatures no longer carry is issued anew, so that hosts find all of it valid.
    ///
    /// - Throws: `RepositoryError.noSuchKey` if the change concerns no role; `.tooFewKeys`, `.keyInUse`.
    package mutating func edit(
        _ edit: KeyEdit, names: [KeyID: String], at now: UpdateTime, lifetimes: Lifetimes = Lifetimes()
    ) throws(RepositoryError) {
        var concerned: Set<RoleName> = []
        let root = finalRoot
        for role in RoleName.topLevel {
            guard let root, let signers = root.roles[role], edit.concerns(role, signers.keyIDs) else { continue }
            let keys = signers.keyIDs.compactMap { root.keys[$0] }
            let holders = try edit.applied(to: keys, threshold: signers.threshold, of: role)
            try proposeRoot(at: now, lifetimes: lifetimes) { (ceremony: inout RootCeremony) throws(RepositoryError) in
                try ceremony.appoint(holders, as: role)
            }
            concerned.insert(role)
        }
        for (delegator, metadata) in finalTargets {
            guard let delegations = metadata.delegations else { continue }
            let (new, roles) = try delegations.applying(edit)
            guard !roles.isEmpty else { continue }
            try propose(delegator, at: now, lifetimes: lifetimes) {
                (metadata: inout TargetsMetadata) throws(RepositoryError) in metadata.delegations = new
            }
            concerned.formUnion(roles)
        }
        for role in edit.roles.subtracting(concerned) { throw .notDelegated(role: role) }
        guard !concerned.isEmpty else {
            throw .noSuchKey(key: edit.leaving.sorted().first ?? KeyID(""), role: .root)
        }
        if !names.isEmpty { try name(names, at: now, lifetimes: lifetimes) }
        try reissue(at: now, lifetimes: lifetimes)
    }

    /// Says who holds the new keys, and forgets the names of those that are in no role any more.
    private mutating func name(
        _ names: [KeyID: String], at now: UpdateTime, lifetimes: Lifetimes
    ) throws(RepositoryError) {
        guard let root = finalRoot else { return }
        var used = Set(root.keys.keys)
        for metadata in finalTargets.values { used.formUnion(metadata.delegations?.keys.keys.map { $0 } ?? []) }
        let holders = root.holders.merging(names) { $1 }.filter { used.contains($0.key) }
        guard holders != root.holders else { return }
        try proposeRoot(at: now, lifetimes: lifetimes) { $0.name(holders) }
    }

    /// Proposes whatever is signed offline and has too few signatures that still count.
    mutating func reissue(at now: UpdateTime, lifetimes: Lifetimes) throws(RepositoryError) {
        let authorities = authorities
        for (role, metadata) in published where targets[role] == nil && role != .revocations {
            guard !(authorities[role] ?? []).allSatisfy({ $0.isSatisfied(by: metadata) }) else { continue }
            try propose(role, at: now, lifetimes: lifetimes)
        }
    }
}

extension Delegations {
    /// The delegations after a change of keys, and the roles that it concerns.
    fileprivate func applying(_ edit: KeyEdit) throws(RepositoryError) -> (Delegations, Set<RoleName>) {
        var new = self
        var concerned: Set<RoleName> = []
        for (index, role) in roles.enumerated() where edit.concerns(role.name, role.signers.keyIDs) {
            let keys = role.signers.keyIDs.compactMap { self.keys[$0] }
            let holders = try edit.applied(to: keys, threshold: role.signers.threshold, of: role.name)
            new.roles[index].signers = RoleSigners(keyIDs: holders.keys.map(\.id), threshold: holders.threshold)
            for key in holders.keys { new.keys[key.id] = key }
            concerned.insert(role.name)
        }
        let used = Set(new.roles.flatMap(\.signers.keyIDs))
        new.keys = new.keys.filter { used.contains($0.key) }
        return (new, concerned)
    }
}
