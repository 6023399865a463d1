// SPDX-License-Identifier: Apache-2.0

import HostProtocol
import Synchronization

/// All simulated hosts, whose turns come one after the other.
final class Fleet: Sendable {
    /// What the hosts do in a round.
    enum Kind: String, Sendable {
        case registration
        case checkIn = "check-in"
    }

    private struct State {
        var hosts: [SimulatedHost]
        var kind = Kind.registration
        var next = 0
        var microseconds: [Int] = []
        var failures: [String: Int] = [:]
        var token: String?
    }

    private let state: Mutex<State>
    private let obeys: Bool

    init(_ hosts: [SimulatedHost], obeys: Bool) {
        state = Mutex(State(hosts: hosts))
        self.obeys = obeys
    }

    /// Begins a round.
    func begin(_ kind: Kind) {
        state.withLock {
            $0.kind = kind
            $0.next = 0
            $0.microseconds = []
        }
    }

    /// Counts the hosts that had no turn, since all connections were lost.
    func end() {
        state.withLock { state in
            let left = state.hosts.count - state.microseconds.count
            if left > 0 { state.failures["without an answer", default: 0] += left }
        }
    }

    /// The next host of the round, and what it does; nil when all had their turn.
    func next() -> (place: Int, host: SimulatedHost, kind: Kind)? {
        state.withLock { state in
            guard state.next < state.hosts.count else { return nil }
            defer { state.next += 1 }
            return (state.next, state.hosts[state.next], state.kind)
        }
    }

    /// Takes what became of a host's request.
    func finish(_ place: Int, _ host: SimulatedHost, status: Int, body: [UInt8], after time: Duration) {
        var host = host
        var failure: String?
        var token: String?
        if (200..<300).contains(status), let answer = try? ServiceAnswer(parsing: body) {
            host.take(answer, obeys: obeys)
            token = answer.token
        } else {
            let refusal = try? ServiceRefusal(parsing: body)
            failure = "\(status) \(refusal?.code.rawValue ?? String(decoding: body.prefix(80), as: UTF8.self))"
        }
        let (seconds, attoseconds) = time.components
        let microseconds = Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
        state.withLock { state in
            state.hosts[place] = host
            state.microseconds.append(microseconds)
            state.token = token ?? state.token
            if let failure { state.failures[failure, default: 0] += 1 }
        }
    }

    /// What opens patch data, for the host that had an answer last.
    var token: String? { state.withLock { $0.token } }

    /// How many answers were no success, of all rounds.
    var failures: Int { state.withLock { $0.failures.values.reduce(0, +) } }

    /// A line on the round.
    func summary(after time: Duration) -> String {
        state.withLock { state in
            let sorted = state.microseconds.sorted()
            func milliseconds(_ share: Double) -> String {
                guard !sorted.isEmpty else { return "-" }
                let value = sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
                return "\(value / 1000).\(value % 1000 / 100)"
            }
            let (seconds, attoseconds) = time.components
            let elapsed = Double(seconds) + Double(attoseconds) / 1e18
            let failures = state.failures.map { "\($0.value) × \($0.key)" }.sorted().joined(separator: ", ")
            return "\(state.kind.rawValue): \(sorted.count) in \(Int(elapsed * 10) / 10).\(Int(elapsed * 10) % 10) s, "
                + "\(Int(Double(sorted.count) / elapsed)) a second; "
                + "median \(milliseconds(0.5)) ms, 99 % \(milliseconds(0.99)) ms, worst \(milliseconds(1)) ms"
                + (failures.isEmpty ? "" : "; FAILED \(failures)")
        }
    }
}
