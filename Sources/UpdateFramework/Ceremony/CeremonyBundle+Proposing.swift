// SPDX-License-Identifier: Apache-2.0

package import JSON

extension CeremonyBundle {
    /// Begins a repository: its first root, and targets that hold nothing yet.
    ///
    /// - Parameters:
    ///   - holders: keys and threshold of each top-level role.
    ///   - names: who holds which key.
    ///   - delegations: to whom targets hand a part of their right from the beginning.
    ///   - now: the moment.
    ///   - lifetimes: how long what is made is good.
    /// - Throws: `RepositoryError.tooFewKeys`.
    package init(
        creating holders: [RoleName: RootCeremony.Holders], names: [KeyID: String], delegations: Delegations? = nil,
        at now: UpdateTime, lifetimes: Lifetimes = Lifetimes()
    ) throws(RepositoryError) {
        var ceremony = try RootCeremony(creating: holders, expires: lifetimes.expiry(of: .root, from: now))
        ceremony.name(names)
        let header = MetadataHeader(version: 1, expires: lifetimes.expiry(of: .targets, from: now))
        self.init(
            roots: [], published: [:], root: ceremony.next,
            targets: [.targets: SignedMetadata(TargetsMetadata(header: header, delegations: delegations))])
    }

    /// Begins a change to a repository, with nothing in it yet.
    ///
    /// - Throws: `RepositoryError.missing` if nothing is published there, or what reading throws.
    package init(changing tree: RepositoryTree) throws(RepositoryError) {
        guard let publication = try tree.read() else { throw .missing(file: tree.metadata + "/timestamp.json") }
        var used: [RoleName: Int64] = [:]
        for (role, metadata) in publication.targets {
            used[role] = try tree.usedVersion(of: role, from: metadata.payload.header.version)
        }
        self.init(roots: publication.roots, published: publication.targets, used: used)
    }

    /// Proposes a root that follows the last one, or changes the one that is proposed.
    ///
    /// - Throws: What the change throws.
    package mutating func proposeRoot(
        at now: UpdateTime, lifetimes: Lifetimes = Lifetimes(),
        change: (inout RootCeremony) throws(RepositoryError) -> Void = { _ in }
    ) throws(RepositoryError) {
        var ceremony: RootCeremony
        if let proposed = try rootCeremony() {
            ceremony = proposed
        } else {
            guard let last = roots.last else { throw .notTheFirst }
            ceremony = try RootCeremony(following: last, expires: lifetimes.expiry(of: .root, from: now))
        }
        try change(&ceremony)
        root = ceremony.next
    }

    /// Proposes a targets role's next version, or changes the one that is proposed.
    ///
    /// A role that is not there yet begins empty. Signatures that were there are void.
    ///
    /// - Throws: `RepositoryError.noNextVersion`, or what the change throws.
    package mutating func propose(
        _ role: RoleName, at now: UpdateTime, lifetimes: Lifetimes = Lifetimes(),
        change: (inout TargetsMetadata) throws(RepositoryError) -> Void = { _ in }
    ) throws(RepositoryError) {
        let before = published[role]?.payload
        let expires = lifetimes.expiry(of: .targets, from: now)
        var payload: TargetsMetadata
        if let proposed = targets[role]?.payload {
            payload = proposed
        } else {
            let version = try nextVersion(after: max(before?.header.version ?? 0, used[role] ?? 0), of: role)
            payload = before ?? TargetsMetadata(header: MetadataHeader(version: version, expires: expires))
            payload.header.version = version
        }
        payload.header.expires = expires
        try change(&payload)
        targets[role] = SignedMetadata(payload)
    }

    /// Adds a target to a role, with its contents.
    ///
    /// - Throws: As ``propose(_:at:lifetimes:change:)``.
    package mutating func add(
        _ bytes: [UInt8], as path: TargetPath, custom: JSONObject?, to role: RoleName, at now: UpdateTime
    ) throws(RepositoryError) {
        try propose(role, at: now) { (metadata: inout TargetsMetadata) throws(RepositoryError) in
            metadata.targets[path] = TargetFile(of: bytes, custom: custom)
        }
        contents[path] = bytes
    }

    /// Removes a target from every role that has it; the role, or nil if there is none.
    ///
    /// - Throws: As ``propose(_:at:lifetimes:change:)``.
    package mutating func remove(_ path: TargetPath, at now: UpdateTime) throws(RepositoryError) -> RoleName? {
        var found: RoleName?
        for (role, metadata) in finalTargets where metadata.targets[path] != nil {
            try propose(role, at: now) { (metadata: inout TargetsMetadata) throws(RepositoryError) in
                metadata.targets[path] = nil
            }
            found = role
        }
        contents[path] = nil
        return found
    }

    /// Proposes anew, as it is, whatever expires before a moment and is signed offline.
    ///
    /// - Throws: `RepositoryError.nothingProposed` if there is nothing.
    package mutating func renew(
        expiringBefore limit: UpdateTime, at now: UpdateTime
    ) throws(RepositoryError) {
        if let last = roots.last, last.payload.header.expires < limit { try proposeRoot(at: now) }
        for (role, metadata) in published where metadata.payload.header.expires < limit && role != .revocations {
            try propose(role, at: now)
        }
        guard !isEmpty else { throw .nothingProposed }
    }
}
