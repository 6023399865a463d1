// SPDX-License-Identifier: Apache-2.0

extension UpdateClient {
    /// Finds what the repository says of a target (specification, 5.6.7), and refreshes first if that was not done.
    ///
    /// - Returns: What the first role that is trusted for the target, and knows it, says.
    /// - Throws: `UpdateError.noSuchTarget` if there is none; others if a role that must be asked cannot be.
    package mutating func find(_ path: TargetPath) async throws(UpdateError) -> TargetFile {
        var found: TargetFile?
        try await search(path) { metadata in
            found = metadata.targets[path]
            return found != nil
        }
        guard let found else { throw .noSuchTarget(path) }
        return found
    }

    /// The targets that the roles name which are asked for a path: what there is beside it.
    ///
    /// Only ``find(_:)`` says which role speaks for one of them.
    ///
    /// - Throws: `UpdateError` if a role that must be asked cannot be.
    package mutating func neighbours(of path: TargetPath) async throws(UpdateError) -> Set<TargetPath> {
        var paths: Set<TargetPath> = []
        try await search(path) { metadata in
            paths.formUnion(metadata.targets.keys)
            return false
        }
        return paths
    }

    /// The roles to which the top-level targets role delegates.
    ///
    /// - Throws: `UpdateError`.
    package mutating func delegatedRoles() async throws(UpdateError) -> [RoleName] {
        if trusted == nil { try await refresh() }
        guard let authority = trusted?.targetsAuthority else { throw .outOfOrder(.targets) }
        return try await targets(of: .targets, by: authority).delegations?.roles.map(\.name) ?? []
    }

    /// Asks the roles that are trusted for a path, in their order, until one is enough.
    private mutating func search(
        _ path: TargetPath, until isEnough: (TargetsMetadata) -> Bool
    ) async throws(UpdateError) {
        if trusted == nil { try await refresh() }
        guard let authority = trusted?.targetsAuthority else { throw .outOfOrder(.targets) }
        var pending: [(role: RoleName, authority: RoleKeys)] = [(.targets, authority)]
        var visited: Set<RoleName> = []
        while let next = pending.popLast() {
            guard !visited.contains(next.role) else { continue }
            guard visited.count < limits.rolesInSearch else { throw .searchTooLong(path, roles: visited.count) }
            visited.insert(next.role)
            let metadata = try await targets(of: next.role, by: next.authority)
            if isEnough(metadata) { return }
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
