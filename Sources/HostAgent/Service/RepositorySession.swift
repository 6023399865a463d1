// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
internal import LinuxSystem
internal import LivePatch
package import PatchCatalogue
package import UpdateFramework

/// One look into the repository, from a fresh timestamp on: everything in it is of one moment.
package struct RepositorySession: Sendable {
    private let places: Places
    private var client: UpdateClient
    /// Where targets come from; of several places the first that has one.
    private let sources: [any Fetcher]

    /// Brings the metadata up to date.
    ///
    /// - Parameters:
    ///   - places: where metadata and targets are kept.
    ///   - metadata: where metadata comes from.
    ///   - targets: where targets come from, the first choice first.
    ///   - now: the moment.
    /// - Throws: `AgentError`.
    package init(
        _ places: Places, metadata: any Fetcher, targets: [any Fetcher], at now: UpdateTime
    ) async throws(AgentError) {
        self.places = places
        sources = targets
        client = UpdateClient(directory: MetadataDirectory(path: places.metadata), repository: metadata, at: now)
        try await updating { (client) async throws(UpdateError) in try await client.refresh() }
    }

    /// The keys of the service: those that speak for the list of revocations.
    ///
    /// - Throws: `AgentError`.
    package mutating func serviceKeys() async throws(AgentError) -> RoleKeys {
        let keys = try await updating { (client) async throws(UpdateError) in
            try await client.authority(of: .revocations)
        }
        guard let keys else { throw .catalogue(.noRevocations) }
        return keys
    }

    /// The list of revocations.
    ///
    /// - Throws: `AgentError`.
    package mutating func revocations() async throws(AgentError) -> RevocationList {
        let found = try await updating { (client) async throws(UpdateError) in
            try await client.find(RevocationList.path)
        }
        let file = try await bring(RevocationList.path, found)
        return try Self.revocations(in: file)
    }

    /// The list of revocations in a file.
    static func revocations(in file: String) throws(AgentError) -> RevocationList {
        let bytes = try onSystem { () throws(SystemError) in try contents(ofFile: file, limit: 8 << 20) }
        do throws(CatalogueError) {
            return try RevocationList(parsing: bytes)
        } catch {
            throw .catalogue(error)
        }
    }

    /// What the repository says of an ordered patch.
    ///
    /// - Throws: `AgentError` if it has none, or another one than the ordered.
    package mutating func describe(_ order: Instructions.Order) async throws(AgentError) -> PatchDescription {
        try await look(for: order).description
    }

    /// Brings an ordered patch into the folder of patches, and says what it is.
    ///
    /// - Returns: The file, and what the repository says of it.
    /// - Throws: `AgentError`.
    package mutating func bring(
        _ order: Instructions.Order
    ) async throws(AgentError) -> (file: String, known: KnownPatch) {
        guard let patch = order.patch else { throw .update(.outOfOrder(.targets)) }
        let (path, target, description) = try await look(for: order)
        let file = try await bring(path, target)
        let bytes = try onSystem { () throws(SystemError) in try contents(ofFile: file, limit: target.length) }
        guard ArtefactID(of: bytes) == patch else {
            throw .notThePatch(expected: patch, found: ArtefactID(of: bytes).short)
        }
        // It moves under its own name: from now on its identity is all that it takes to know it again.
        let kept = places.file(of: patch.description)
        try onSystem { () throws(SystemError) in
            try replaceFile(kept, with: bytes, for: .owner)
            try removeFile(file)
        }
        return (kept, KnownPatch(patch: patch, description: description))
    }

    private mutating func look(
        for order: Instructions.Order
    ) async throws(AgentError) -> (path: TargetPath, file: TargetFile, description: PatchDescription) {
        let shelf: PatchShelf
        do throws(CatalogueError) {
            shelf = try PatchShelf(product: order.product, distribution: order.distribution)
        } catch {
            throw .catalogue(error)
        }
        let path = shelf.path(buildID: order.buildID, level: order.level)
        let file = try await updating { (client) async throws(UpdateError) in try await client.find(path) }
        let description: PatchDescription
        do throws(CatalogueError) {
            guard let custom = file.custom else { throw .badField("custom") }
            description = try PatchDescription(custom: custom)
            guard description.buildID == order.buildID, description.level == order.level else {
                throw .badField("buildID")
            }
        } catch {
            throw .catalogue(error)
        }
        let found = file.hashes.known[.sha256].flatMap { ArtefactID(hexadecimal: $0) }
        guard let patch = order.patch, found == nil || found == patch else {
            throw .notThePatch(expected: order.patch ?? ArtefactID(of: []), found: found?.short ?? "?")
        }
        return (path, file, description)
    }

    /// Brings a target from the first place that has it: a mirror may be behind, away or damaged, and the next is asked.
    private mutating func bring(_ path: TargetPath, _ file: TargetFile) async throws(AgentError) -> String {
        let folder = places.targets
        var failure = AgentError.update(.noSuchTarget(path))
        for source in sources {
            do throws(AgentError) {
                return try await updating { (client) async throws(UpdateError) in
                    try await client.download(path, file, from: source, into: folder)
                }
            } catch {
                failure = error
            }
        }
        throw failure
    }

    mutating func updating<Value: Sendable>(
        _ body: (inout UpdateClient) async throws(UpdateError) -> Value
    ) async throws(AgentError) -> Value {
        do throws(UpdateError) { return try await body(&client) } catch { throw .update(error) }
    }
}
