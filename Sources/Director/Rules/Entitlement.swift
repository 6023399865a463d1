// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import ServicePolicy
internal import ServiceStore

/// What a host has a right to, at a moment.
struct Entitlement: Hashable, Sendable {
    /// Its lease; nil if it gets none.
    var lease: HostLease?
    /// What is covered, with the reasons for what is not.
    var eligibility: EligibilityAnswer

    /// The products of the lease.
    var products: Set<String> { Set(lease?.products ?? []) }

    /// Asks coverage, key and contract; a key or a contract that is not there any more gives nothing.
    init(
        of host: HostID, _ eligibility: EligibilityAnswer, key: ActivationKey?, contract: Contract?,
        policy: DirectorPolicy, at now: Moment
    ) {
        self.eligibility = eligibility
        guard let key, key.revoked == nil, let contract else {
            refuse(
                "LP-2.2", "the activation key of this host was revoked; ask for another and register again",
                "このホストのアクティベーションキーは失効しました。新しいキーで登録し直してください")
            return
        }
        guard let term = contract.span(of: .usageRight, at: now), let lease = policy.lease.lease(at: now, of: term)
        else {
            refuse(
                "LP-3.2-3",
                "the right of use of contract \(contract.id) is not valid now; applied patches stay, new ones are not given",
                "契約 \(contract.id) の利用権は現在有効ではありません。適用済みの修正は維持され、新しい修正は提供されません")
            return
        }
        var products = eligibility.products
        for allowed in [key.products, contract.products] where !allowed.isEmpty {
            products = products.filter(allowed.contains)
        }
        guard !products.isEmpty else {
            if !eligibility.products.isEmpty {
                refuse(
                    "LP-1",
                    "contract \(contract.id) and its key are for none of the products that this system could have",
                    "契約 \(contract.id) とキーは、このシステムで対象となる製品を含んでいません")
            }
            return
        }
        self.lease = HostLease(host: host, lease: lease, products: products, contract: contract.id)
    }

    private mutating func refuse(_ clause: String, _ english: String, _ japanese: String) {
        eligibility.refusals.append(.init(clause: clause, text: PolicyText(english, japanese)))
    }
}
