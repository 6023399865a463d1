// SPDX-License-Identifier: Apache-2.0

extension Publication {
    /// A file of the repository.
    package struct File: Sendable {
        /// Its name below the metadata's base, percent-encoded.
        package var name: String
        /// Its contents.
        package var bytes: [UInt8]
        /// Whether the name has a version in it, so that the contents may never change.
        package var isFixed: Bool
    }

    /// The files in the order in which they must appear: whoever reads meanwhile finds all that a file refers to.
    ///
    /// New roots and the timestamp cannot appear at one instant. Where the new metadata is also good by the keys of the
    /// root that hosts have, the timestamp comes first, and hosts notice nothing. Where it is not, as when a key was lost,
    /// the roots come first, and a host that asks between the two keeps what it has and asks again.
    ///
    /// - Parameter known: how many roots those have who read this.
    /// - Returns: The files in their order.
    /// - Throws: `RepositoryError` if hosts would refuse a role.
    package func files(after known: Int = 0) throws(RepositoryError) -> [File] {
        guard let root = roots.last?.payload, let snapshot, let timestamp, let top = targets[.targets] else {
            throw .notComplete(role: .root, valid: 0, threshold: 1)
        }
        try check(by: root)
        let rootFiles = roots.map { root in
            let name = FileNaming.metadata(.root, version: root.payload.header.version)
            return File(name: name, bytes: root.bytes, isFixed: true)
        }
        var files: [File] = []
        func add(_ role: RoleName, _ version: Int64, _ bytes: [UInt8]) {
            let isFixed = root.consistentSnapshot
            let name = FileNaming.metadata(role, version: isFixed ? version : nil)
            files.append(File(name: name, bytes: bytes, isFixed: isFixed))
        }
        for (role, metadata) in targets.sorted(by: { $0.key < $1.key }) where role != .targets {
            add(role, metadata.payload.header.version, metadata.bytes)
        }
        add(.targets, top.payload.header.version, top.bytes)
        add(.snapshot, snapshot.payload.header.version, snapshot.bytes)
        let name = FileNaming.metadata(.timestamp, version: nil)
        let last = File(name: name, bytes: timestamp.bytes, isFixed: false)
        let isGoodBefore = known > 0 && roots.dropFirst(known - 1).allSatisfy { (try? check(by: $0.payload)) != nil }
        let old = Array(rootFiles.prefix(known))
        let new = Array(rootFiles.dropFirst(known))
        return isGoodBefore ? old + files + [last] + new : old + files + new + [last]
    }

    /// Checks that hosts with a root would take every role.
    private func check(by root: RootMetadata) throws(RepositoryError) {
        if let top = targets[.targets] { try check(top, as: .targets, by: [root.authority(for: .targets)]) }
        if let snapshot { try check(snapshot, as: .snapshot, by: [root.authority(for: .snapshot)]) }
        if let timestamp { try check(timestamp, as: .timestamp, by: [root.authority(for: .timestamp)]) }
        let delegators = targets.values.compactMap(\.payload.delegations)
        for (role, metadata) in targets where role != .targets {
            // One to which nobody delegates any more stays listed, since hosts refuse a snapshot that drops a role.
            try check(metadata, as: role, by: delegators.flatMap { $0.authorities(for: role) })
        }
    }

    private func check<Payload: MetadataPayload>(
        _ signed: SignedMetadata<Payload>, as role: RoleName, by authorities: [RoleKeys]
    ) throws(RepositoryError) {
        for authority in authorities {
            let valid = authority.count(signed.signatures, over: signed.signedBytes)
            guard valid >= authority.threshold else {
                throw .notComplete(role: role, valid: valid, threshold: authority.threshold)
            }
        }
    }
}

extension Delegations {
    /// Who may sign for a role by its name: nothing if there is no delegation to it.
    package func authorities(for name: RoleName) -> [RoleKeys] {
        roles.filter { $0.name == name }.map { authority(for: $0) }
    }
}
