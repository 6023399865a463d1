// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import ServicePolicy
internal import ServiceStore

extension Director {
    /// Takes a host onto the service, and gives it a lease.
    ///
    /// A host that registers again with its key counts once; an answer that was lost can be asked for again in the same way.
    ///
    /// - Parameters:
    ///   - registration: the message, whose signature was checked with the key in it.
    ///   - address: from where it came.
    ///   - now: the moment.
    /// - Returns: The answer, signed; without instructions.
    /// - Throws: `ServiceRefusal` with `unknownKey`, `expiredKey`, `exhaustedKey`, `copied` or `unavailable`.
    package func register(
        _ registration: Registration, from address: String, at now: Moment
    ) async throws(ServiceRefusal) -> ServiceAnswer {
        let newcomer = Newcomer(
            id: HostID(of: registration.key), registration: registration, address: address,
            eligibility: EligibilityAnswer(
                policy.coverage.eligibility(of: registration.facts.system, on: now.dayInTokyo)), time: now)
        let secret = secret
        let policy = policy
        let entitlement: Entitlement
        do {
            entitlement = try await store.write { records in
                switch registration.credential {
                case .activationKey(let text): try newcomer.enter(byKey: text, records, secret, policy)
                case .ticket(let text): try newcomer.enter(byTicket: text, records, secret, policy)
                }
            }
        } catch {
            throw failure(error)
        }
        keep(registration.key, of: newcomer.id)
        return try answer(entitlement, nil, nextCheckIn: 1, eventsKept: 0, at: now)
    }
}

/// A host that registers, within its transaction.
private struct Newcomer: Sendable {
    var id: HostID
    var registration: Registration
    var address: String
    var eligibility: EligibilityAnswer
    var time: Moment

    func enter(
        byKey text: String, _ records: Records, _ secret: SharedSecret, _ policy: DirectorPolicy
    ) throws -> Entitlement {
        let written: ActivationKeySecret
        do throws(ActivationKeySecret.Fault) {
            written = try ActivationKeySecret(reading: text)
        } catch {
            throw error == .mistyped ? Refusals.mistypedKey : Refusals.unknownKey
        }
        guard let key = try records.activationKey(locking: written) else { throw Refusals.unknownKey }
        guard key.revoked == nil else { throw Refusals.revokedKey }
        if let expires = key.expires, time >= expires { throw Refusals.expiredKey }
        let contract = try records.contract(key.contract)
        guard contract?.span(of: .usageRight, at: time) != nil else { throw Refusals.lapsed(key.contract) }

        let known = try records.hosts(locking: [id])[id]
        if let known, known.state != .retired, known.facts.machineID != registration.facts.machineID {
            // A copy that runs the registration once more: it gets a key of its own.
            try records.noteCopy(of: [id], at: time)
            throw Refusals.copied(
                ticket: CopyTicket(host: id, expires: time.adding(seconds: policy.ticket)).sealed(by: secret))
        }
        var host = HostRecord(
            id, publicKey: registration.key, activationKey: key, facts: registration.facts, eligibility: eligibility,
            from: address, at: time)
        let isCounted = known.map { $0.state != .retired && $0.activationKey == key.id } ?? false
        if !isCounted { try takeRoom(of: key, records, policy) }
        if let known { keep(known, in: &host, sameKey: known.activationKey == key.id) }
        return try enter(host, key, contract, records, policy, detail: "with key \(key.id)")
    }

    func enter(
        byTicket text: String, _ records: Records, _ secret: SharedSecret, _ policy: DirectorPolicy
    ) throws -> Entitlement {
        let hash = CopyTicket.hash(text)
        guard let ticket = CopyTicket(text, by: secret, at: time), ticket.host != id,
            let original = try records.host(ticket.host),
            let key = try records.activationKey(original.activationKey)
        else { throw Refusals.badTicket }
        let contract = try records.contract(key.contract)
        if let user = try records.host(ofTicket: hash) {
            // The same ticket opens one registration; the same host may ask for its answer again.
            guard user == id, let host = try records.hosts(locking: [id])[id], host.state != .retired else {
                throw Refusals.badTicket
            }
            return Entitlement(of: id, eligibility, key: key, contract: contract, policy: policy, at: time)
        }
        guard key.revoked == nil else { throw Refusals.revokedKey }
        guard contract?.span(of: .usageRight, at: time) != nil else { throw Refusals.lapsed(key.contract) }
        guard try records.host(id) == nil else { throw Refusals.badTicket }
        try takeRoom(of: key, records, policy)
        var host = HostRecord(
            id, publicKey: registration.key, activationKey: key, facts: registration.facts, eligibility: eligibility,
            from: address, at: time)
        host.group = original.group
        host.replaces = original.id
        host.ticket = hash
        return try enter(host, key, contract, records, policy, detail: "as a copy of \(original.id)")
    }

    private func takeRoom(of key: ActivationKey, _ records: Records, _ policy: DirectorPolicy) throws {
        guard try records.takeRoom(of: key, countingSince: policy.countedSince(time)) else {
            throw Refusals.exhausted(key.limit ?? 0)
        }
    }

    /// What a host keeps that registers again.
    private func keep(_ known: HostRecord, in host: inout HostRecord, sameKey: Bool) {
        if sameKey { host.group = known.group }
        host.replaces = known.replaces
        host.ticket = known.ticket
        host.copied = known.copied
        if known.state == .quarantined { host.state = .quarantined }
        host.progress.eventsKept = known.progress.eventsKept
    }

    private func enter(
        _ host: HostRecord, _ key: ActivationKey, _ contract: Contract?, _ records: Records, _ policy: DirectorPolicy,
        detail: String
    ) throws -> Entitlement {
        try records.put(host)
        try records.log(
            "host.registered", of: id.text, by: "host \(id)", at: time,
            detail: "\(detail), \(host.facts.hostname), from \(address)")
        return Entitlement(of: id, eligibility, key: key, contract: contract, policy: policy, at: time)
    }
}
