// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
internal import LivePatch
package import PatchCatalogue
package import ServicePolicy
package import ServiceStore
internal import Synchronization
package import UpdateFramework

/// Says what each host may take now.
///
/// The rules are values in `Rules`; here they meet the records. All that is decided is written before it is answered, so
/// that several servers over one database, and a server that was started again, decide the same.
package final class Director: Sendable {
    /// The records.
    package let store: ServiceStore
    /// What an operator has set.
    package let policy: DirectorPolicy
    /// What tokens are sealed with.
    package let secret: SharedSecret
    let signer: any Signer
    let queue: CheckInQueue
    let trouble: @Sendable (any Error) -> Void
    private let known: Mutex<Known>

    /// What is kept in memory because it does not change, or is told anew.
    private struct Known {
        var catalogue: PublishedCatalogue
        var keys: [HostID: HostPublicKey] = [:]
    }

    /// How many public keys are kept in memory.
    private static let keyLimit = 200_000

    /// A director over records.
    ///
    /// - Parameters:
    ///   - store: the records.
    ///   - signer: signs leases and instructions; a key of the repository's role of revocations.
    ///   - catalogue: what is published now.
    ///   - policy: what an operator has set.
    ///   - trouble: is told what hosts are only told to be a trouble of the service.
    /// - Throws: `StoreError`.
    package init(
        store: ServiceStore, signer: any Signer, catalogue: PublishedCatalogue = PublishedCatalogue([]),
        policy: DirectorPolicy = DirectorPolicy(), trouble: @escaping @Sendable (any Error) -> Void = { _ in }
    ) async throws {
        self.store = store
        self.signer = signer
        self.policy = policy
        self.trouble = trouble
        secret = SharedSecret(try await store.write { try $0.secret("director.tokens") })
        known = Mutex(Known(catalogue: catalogue))
        queue = CheckInQueue(store: store, policy: policy)
    }

    /// What is published now.
    package var catalogue: PublishedCatalogue {
        get { known.withLock { $0.catalogue } }
        set { known.withLock { $0.catalogue = newValue } }
    }

    /// The public key of a host, to check the signatures of its requests with.
    ///
    /// - Throws: `ServiceRefusal` with `unknownHost` or `unavailable`.
    package func key(of host: HostID) async throws(ServiceRefusal) -> HostPublicKey {
        // A host is named by its key, so that what was once read stays true.
        if let key = known.withLock({ $0.keys[host] }) { return key }
        let text: String?
        do { text = try await store.read { try $0.publicKey(of: host) } } catch { throw failure(error) }
        guard let text, let key = try? HostPublicKey(hexadecimal: text), HostID(of: key) == host else {
            throw Refusals.unknownHost
        }
        keep(key, of: host)
        return key
    }

    /// Keeps a key that is written down; the host will soon check in by it.
    func keep(_ key: HostPublicKey, of host: HostID) {
        known.withLock { known in
            if known.keys.count >= Self.keyLimit { known.keys.removeAll() }
            known.keys[host] = key
        }
    }

    /// What a bearer token says; nil if it opens nothing.
    package func token(_ text: String, at now: Moment) -> AccessToken? { AccessToken(text, by: secret, at: now) }
}
