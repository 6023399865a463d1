// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import Logging
internal import PatchCatalogue
internal import ServiceStore
internal import Synchronization
internal import UpdateFramework

/// The place of the director, which is empty until the repository says that hosts believe one of the server's keys.
///
/// So a server can be started first and be given its repository later, and a key that was replaced signs no more.
final class DirectorSeat: Sendable {
    private let configuration: ServiceConfiguration
    private let store: ServiceStore
    private let logger: Logger
    private let seat = Mutex<(key: KeyID, director: Director)?>(nil)

    init(_ configuration: ServiceConfiguration, _ store: ServiceStore, _ logger: Logger) {
        self.configuration = configuration
        self.store = store
        self.logger = logger
    }

    /// Who decides now; nil where none of the server's keys is one that hosts believe.
    var director: Director? { seat.withLock { $0?.director } }

    /// Looks at what is published: whose word hosts believe, and which patches there are.
    ///
    /// - Throws: `StoreError`.
    func look(at state: RepositoryState) async throws {
        let delegations = state.publication?.targets.values.compactMap(\.payload.delegations) ?? []
        let believed = delegations.flatMap { $0.authorities(for: RevocationList.role) }.flatMap { $0.keys.keys }
        let signer = configuration.signers.first { believed.contains($0.publicKey.id) }
        guard let signer else { return seat.withLock { $0 = nil } }
        let known = seat.withLock { $0 }
        if let known, known.key == signer.publicKey.id {
            known.director.catalogue = state.catalogue
            return
        }
        var policy = DirectorPolicy()
        policy.coverage = configuration.coverage
        let logger = logger
        let director = try await Director(
            store: store, signer: signer, catalogue: state.catalogue, policy: policy,
            trouble: { error in logger.error("the records have a trouble", metadata: ["error": "\(error)"]) })
        seat.withLock { $0 = (signer.publicKey.id, director) }
    }
}
