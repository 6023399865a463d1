// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import ServicePolicy
internal import ServiceStore
internal import UpdateFramework

extension Director {
    /// Takes what a host says, and says what it is to have; answered when it is on the disk.
    ///
    /// - Parameters:
    ///   - checkIn: the message, whose signature was checked.
    ///   - digest: of the message, by which one that is sent again is known.
    ///   - host: whose it is.
    ///   - now: the moment.
    /// - Returns: The answer, signed.
    /// - Throws: `ServiceRefusal` with `unknownHost`, `retired`, `copied`, `tooMany` or `unavailable`.
    package func checkIn(
        _ checkIn: CheckIn, digest: String, of host: HostID, at now: Moment
    ) async throws(ServiceRefusal) -> ServiceAnswer {
        let arrival = Arrival(
            host: host, checkIn: checkIn, digest: digest, time: now, catalogue: catalogue)
        let verdict: Verdict
        do { verdict = try await queue.decide(arrival) } catch { throw failure(error) }
        switch verdict {
        case .refused(let refusal): throw refusal
        case .copied:
            let ticket = CopyTicket(host: host, expires: now.adding(seconds: policy.ticket))
            throw Refusals.copied(ticket: ticket.sealed(by: secret))
        case .decided(let decision):
            return try answer(
                decision.entitlement, decision.instructions, nextCheckIn: decision.nextCheckIn,
                eventsKept: decision.eventsKept, at: now)
        }
    }

    /// Takes a host off the service; one that is off it already stays so.
    ///
    /// - Throws: `ServiceRefusal` with `unknownHost` or `unavailable`.
    package func unregister(
        _ host: HostID, by actor: String? = nil, at now: Moment
    ) async throws(ServiceRefusal) {
        do {
            let name = actor ?? "host \(host)"
            try await store.write { try $0.retire(host, by: name, at: now) }
        } catch StoreError.noSuch {
            throw Refusals.unknownHost
        } catch {
            throw failure(error)
        }
    }

    /// Puts together and signs what a host is told.
    func answer(
        _ entitlement: Entitlement, _ instructions: Instructions?, nextCheckIn: Int64, eventsKept: Int64,
        at now: Moment
    ) throws(ServiceRefusal) -> ServiceAnswer {
        do {
            let token = entitlement.lease.map { lease in
                AccessToken(
                    host: lease.host, expires: min(now.adding(seconds: policy.token), lease.lease.graceEnds),
                    products: lease.products
                ).sealed(by: secret)
            }
            return ServiceAnswer(
                lease: try entitlement.lease.map { try SignedStatement($0, by: signer).value },
                instructions: try instructions.map { try SignedStatement($0, by: signer).value },
                eligibility: entitlement.eligibility, token: token, nextCheckIn: nextCheckIn, eventsKept: eventsKept,
                time: now)
        } catch {
            throw failure(error)
        }
    }

    /// What a trouble is told as; it is told to whoever looks after the service as well.
    func failure(_ error: any Error) -> ServiceRefusal {
        if !(error is ServiceRefusal) { trouble(error) }
        return Refusals.failure(error)
    }
}
