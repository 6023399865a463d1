// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
package import HostProtocol
internal import JSON
internal import ServicePolicy
internal import UpdateFramework

extension Agent {
    /// Checks in; a host whose key another machine has takes a new one first.
    func checkIn(_ service: ServiceClient, targets: [CheckIn.Target]) async throws(AgentError) -> ServiceAnswer {
        do throws(AgentError) {
            return try await sendCheckIn(service, targets: targets)
        } catch {
            guard case .refused(let refusal) = error, refusal.code == .copied, let ticket = refusal.ticket else {
                throw error
            }
            try await takeNewKey(service, ticket: ticket)
            return try await sendCheckIn(service, targets: targets)
        }
    }

    private func sendCheckIn(
        _ service: ServiceClient, targets: [CheckIn.Target]
    ) async throws(AgentError) -> ServiceAnswer {
        tell(.step(.checkIn))
        guard let key = try store.key() else { throw .notRegistered }
        // The number is kept before it is sent, so that none is sent twice whatever happens in between.
        let state = try store.change { (state) throws(AgentError) in
            state.counter += 1
            return state
        }
        guard let registration = state.registration else { throw .notRegistered }
        let message = CheckIn(
            counter: state.counter, bootID: places.bootID, facts: facts(registration),
            targets: Array(targets.prefix(CheckIn.limit)), events: Array(state.events.prefix(CheckIn.limit)),
            holds: Array(state.holds.prefix(CheckIn.limit)))
        let answer = try await service.send(message, key: key, at: clock())
        try store.change { (state) throws(AgentError) in keep(answer, in: &state) }
        return answer
    }

    /// Registers as another host, since a copy of this one is about; its patches and its history stay.
    private func takeNewKey(_ service: ServiceClient, ticket: String) async throws(AgentError) {
        guard let registration = try store.read().registration else { throw .notRegistered }
        let key = HostKey()
        let answer = try await service.register(.ticket(ticket), key: key, facts: facts(registration), at: clock())
        // The state first: a host with the old key and no lease asks again, and the ticket's host is unused.
        try store.change { (state) throws(AgentError) in
            state.counter = 0
            state.lease = nil
            state.instructions = nil
            keep(answer, in: &state)
        }
        try store.keep(key)
    }

    /// Keeps what of an answer needs no signature.
    func keep(_ answer: ServiceAnswer, in state: inout HostState) {
        let now = clock()
        state.answer = KeptAnswer(
            eligibility: answer.eligibility, token: answer.token, nextCheckIn: answer.nextCheckIn, received: now,
            clockDifference: answer.time.seconds(since: now))
        state.events.removeAll { $0.number <= answer.eventsKept }
        // The service says, over its own connection, that there is none: the grace is for those who cannot reach it.
        if answer.lease == nil { state.lease = nil }
    }

    /// Believes the statements of an answer, if the service's keys have signed them and they are of this host and not older
    /// than those of before.
    func believe(_ answer: ServiceAnswer, by keys: RoleKeys, for host: HostID) throws(AgentError) {
        let lease = try answer.lease.map { (value) throws(AgentError) in
            try answered { () throws(ProtocolError) in try SignedStatement<HostLease>(value, by: keys, for: host) }
        }
        let instructions = try answer.instructions.map { (value) throws(AgentError) in
            try answered { () throws(ProtocolError) in try SignedStatement<Instructions>(value, by: keys, for: host) }
        }
        try store.change { (state) throws(AgentError) in
            if let lease {
                if let kept = state.keptLease, kept.host == host, lease.content.lease.issued < kept.lease.issued {
                    throw .olderStatement(
                        type: HostLease.type, kept: kept.lease.issued.seconds,
                        offered: lease.content.lease.issued.seconds)
                }
                state.lease = lease.value
            }
            if let instructions {
                if let kept = state.keptInstructions, kept.host == host, instructions.content.number < kept.number {
                    throw .olderStatement(
                        type: Instructions.type, kept: kept.number, offered: instructions.content.number)
                }
                state.instructions = instructions.value
            }
        }
    }

    private func answered<Value>(_ body: () throws(ProtocolError) -> Value) throws(AgentError) -> Value {
        do throws(ProtocolError) { return try body() } catch { throw .badAnswer(error) }
    }
}

extension HostState {
    /// The lease that was believed.
    package var keptLease: HostLease? { Self.content(of: lease) }
    /// The instructions that were believed.
    package var keptInstructions: Instructions? { Self.content(of: instructions) }

    /// A statement that was believed when it came, out of a folder that only root writes to.
    private static func content<Content: Statement>(of value: JSONValue?) -> Content? {
        guard let value, let fields = try? ProtocolFields(value, path: Content.type),
            let signed = try? fields.fields("signed")
        else { return nil }
        return try? Content(signed)
    }
}
