// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import LivePatch
package import UpdateFramework

extension CeremonyBundle {
    /// Adds a patch to a shelf, which is made if it is not there.
    ///
    /// - Parameters:
    ///   - file: the patch.
    ///   - shelf: where it belongs.
    ///   - severity: how bad what it fixes is.
    ///   - restart: what must be started again.
    ///   - holders: whose signatures a new shelf needs; those of `targets` if nil.
    ///   - now: the moment.
    /// - Returns: Where it is.
    /// - Throws: `CatalogueError`, as `notProved` for a patch of a kernel that has not passed in a virtual machine.
    package mutating func add(
        patch file: [UInt8], to shelf: PatchShelf, severity: PatchDescription.Severity,
        restart: PatchDescription.Restart, holders: RootCeremony.Holders? = nil, at now: UpdateTime
    ) throws(CatalogueError) -> TargetPath {
        let patch: Artefact
        do throws(ArtefactError) {
            patch = try Artefact(parsing: file)
        } catch {
            throw .notAPatch(error)
        }
        guard !patch.isForKernel || patch.isProved else { throw .notProved }
        let description = PatchDescription(of: patch, on: shelf, severity: severity, restart: restart)
        let path = shelf.path(buildID: description.buildID, level: description.level)
        let role = shelf.role(for: description.buildID)
        let target = TargetFile(of: file, custom: description.custom)
        guard finalTargets[role]?.targets[path] != target else { throw .present(path) }
        do throws(RepositoryError) {
            try prepare(shelf, holders, at: now)
            try delegate(
                to: role, paths: shelf.pattern(for: description.buildID), from: shelf.role, as: shelf.role, at: now)
            try add(file, as: path, custom: description.custom, to: role, at: now)
        } catch {
            throw .repository(error)
        }
        return path
    }

    /// Takes a patch out of its role, so that hosts that do not have it cannot get it any more.
    ///
    /// - Throws: `CatalogueError.noSuchTarget`.
    package mutating func withdraw(_ path: TargetPath, at now: UpdateTime) throws(CatalogueError) {
        let role: RoleName?
        do throws(RepositoryError) { role = try remove(path, at: now) } catch { throw .repository(error) }
        guard role != nil else { throw .noSuchTarget(path) }
    }

    /// Makes the role of a shelf.
    private mutating func prepare(
        _ shelf: PatchShelf, _ holders: RootCeremony.Holders?, at now: UpdateTime
    ) throws(RepositoryError) {
        let isThere = finalTargets[.targets]?.delegations?.roles.contains { $0.name == shelf.role } ?? false
        guard !isThere else {
            guard holders == nil else { throw .roleExists(role: shelf.role) }
            return
        }
        guard let root = finalRoot, let signers = root.roles[.targets] else { throw .notTheFirst }
        let holders =
            holders
            ?? RootCeremony.Holders(signers.keyIDs.compactMap { root.keys[$0] }, threshold: signers.threshold)
        try propose(.targets, at: now) { $0.delegate(to: shelf.role, [shelf.pattern], holders) }
        try propose(shelf.role, at: now)
    }

    /// Makes a role below another, with the keys that the other one has.
    private mutating func delegate(
        to role: RoleName, paths: PathPattern, from delegator: RoleName, as model: RoleName, at now: UpdateTime
    ) throws(RepositoryError) {
        let isThere = finalTargets[delegator]?.delegations?.roles.contains { $0.name == role } ?? false
        let delegations = finalTargets[.targets]?.delegations
        guard !isThere, let signers = delegations?.roles.first(where: { $0.name == model })?.signers else { return }
        let keys = signers.keyIDs.compactMap { delegations?.keys[$0] }
        let holders = RootCeremony.Holders(keys, threshold: signers.threshold)
        try propose(delegator, at: now) { $0.delegate(to: role, [paths], holders) }
    }
}

extension TargetsMetadata {
    /// Delegates paths to a role; what that does not say of them, no later one may say.
    package mutating func delegate(to role: RoleName, _ paths: [PathPattern], _ holders: RootCeremony.Holders) {
        var delegations = self.delegations ?? Delegations(keys: [:], roles: [])
        for key in holders.keys { delegations.keys[key.id] = key }
        delegations.roles.append(
            DelegatedRole(
                name: role, signers: RoleSigners(keyIDs: holders.keys.map(\.id), threshold: holders.threshold),
                scope: .paths(paths), isTerminating: true))
        self.delegations = delegations
    }
}
