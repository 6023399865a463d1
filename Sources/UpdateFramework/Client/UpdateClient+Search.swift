// SPDX-License-Identifier: Apache-2.0

extension UpdateClient {
    /// Finds what the repository says of a target (specification, 5.6.7), and refreshes first if that was not done.
    ///
    /// - Returns: What the first role that is trusted for the target, and knows it, says.
    /// - Throws: `UpdateError.noSuchTarget` if there is none; others if a role that must be asked cannot be.
    package mutating func find(_ path: TargetPath) async throws(UpdateError) -> TargetFile {
        if trusted == nil { try await refresh() }
        guard let authority = trusted?.targetsAuthority else { throw .outOfOrder(.targets) }
        var pending: [(role: RoleName, authority: RoleKeys)] = [(.targets, authority)]
        var visited: Set<RoleName> = []
        while let next = pending.popLast() {
            guard !visited.contains(next.role) else { continue }
            guard visited.count < limits.rolesInSearch else { throw .searchTooLong(path, roles: visited.count) }
            visited.insert(next.role)
            let metadata = try await targets(of: next.role, by: next.authority)
            if let file = metadata.targets[path] { return file }
            guard let delegations = metadata.delegations else { continue }
            var children: [(role: RoleName, authority: RoleKeys)] = []
            for role in delegations.roles where role.isTrusted(for: path) {
                children.append((role.name, delegations.authority(for: role)))
                if role.isTerminating {
                    pending = []
                    break
                }
            }
            pending += children.reversed()
        }
        throw .noSuchTarget(path)
    }

    /// Whose signatures a role needs to which `targets` delegates; nil if it does not.
    ///
    /// - Throws: `UpdateError`, after a refresh if there was none.
    package mutating func authority(of role: RoleName) async throws(UpdateError) -> RoleKeys? {
        if trusted == nil { try await refresh() }
        guard let authority = trusted?.targetsAuthority else { throw .outOfOrder(.targets) }
        let delegations = try await targets(of: .targets, by: authority).delegations
        return delegations?.roles.first { $0.name == role }.flatMap { delegations?.authority(for: $0) }
    }

    /// The metadata of a targets role, from the disk if that is what the snapshot lists.
    mutating func targets(of role: RoleName, by authority: RoleKeys) async throws(UpdateError) -> TargetsMetadata {
        if let known = checked[role], known.authority == authority { return known.metadata }
        guard let trusted else { throw .outOfOrder(role) }
        let listed = try trusted.listed(role)
        let metadata: TargetsMetadata
        if let old = try directory.metadata(of: role, limit: limits.targets),
            let kept = try? trusted.targets(old, of: role, by: authority)
        {
            metadata = kept
        } else {
            let bytes = try await self.metadata(of: role, listed, limit: limits.targets, in: trusted)
            metadata = try trusted.targets(bytes, of: role, by: authority)
            try directory.store(bytes, as: role)
        }
        checked[role] = (authority, metadata)
        return metadata
    }
}
