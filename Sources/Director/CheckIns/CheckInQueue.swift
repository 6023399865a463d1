// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import ServiceStore

/// Check-ins that wait for the disk: all that come while one transaction is written become the next one.
///
/// A commit costs the same for one as for hundreds, and each is answered only after its own.
actor CheckInQueue {
    private let store: ServiceStore
    private let policy: DirectorPolicy
    private var waiting: [Waiting] = []
    private var isWorking = false
    /// What of the rollouts never changes need not be read for each batch.
    private var rollouts = KnownRollouts()
    private var systems = KnownSystems()

    private struct Waiting {
        var arrival: Arrival
        var answer: CheckedContinuation<Verdict, any Error>
    }

    init(store: ServiceStore, policy: DirectorPolicy) {
        self.store = store
        self.policy = policy
    }

    /// Decides a check-in and writes it down.
    ///
    /// - Throws: `ServiceRefusal` with `tooMany` if too many wait already; what the records throw.
    func decide(_ arrival: Arrival) async throws -> Verdict {
        guard waiting.count < policy.queue else { throw Refusals.tooMany }
        return try await withCheckedThrowingContinuation { continuation in
            waiting.append(Waiting(arrival: arrival, answer: continuation))
            guard !isWorking else { return }
            isWorking = true
            // It ends when nobody waits any more; whoever comes next starts it again.
            Task { await work() }
        }
    }

    private func work() async {
        while !waiting.isEmpty {
            let batch = take()
            let arrivals = batch.map(\.arrival)
            do {
                let verdicts = try await decide(arrivals)
                for (waiting, verdict) in zip(batch, verdicts) { waiting.answer.resume(returning: verdict) }
            } catch StoreError.conflict where batch.count > 1 {
                // What one of them says breaks a rule of the tables: the others must not suffer for it.
                for waiting in batch {
                    do {
                        let verdicts = try await decide([waiting.arrival])
                        waiting.answer.resume(with: verdicts.first.map { .success($0) } ?? .failure(StoreError.busy))
                    } catch {
                        waiting.answer.resume(throwing: error)
                    }
                }
            } catch {
                for waiting in batch { waiting.answer.resume(throwing: error) }
            }
        }
        isWorking = false
    }

    private func decide(_ arrivals: [Arrival]) async throws -> [Verdict] {
        let (policy, rollouts, systems) = (policy, rollouts, systems)
        let verdicts: [Verdict]
        (verdicts, self.rollouts, self.systems) = try await store.write { records in
            var batch = CheckInBatch(records, knowing: rollouts, systems, policy: policy)
            return (try batch.decide(arrivals), batch.rollouts, batch.systems)
        }
        return verdicts
    }

    /// The next check-ins, each host once: a host's second one is judged by what its first has written.
    private func take() -> [Waiting] {
        var batch: [Waiting] = []
        var rest: [Waiting] = []
        var hosts: Set<HostID> = []
        for waiting in waiting {
            if batch.count < policy.batch, hosts.insert(waiting.arrival.host).inserted {
                batch.append(waiting)
            } else {
                rest.append(waiting)
            }
        }
        waiting = rest
        return batch
    }
}
