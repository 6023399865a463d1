// SPDX-License-Identifier: Apache-2.0

import HostProtocol
import ServicePolicy
import Synchronization

/// All simulated hosts, whose turns come one after the other.
final class Fleet: Sendable {
    /// What the hosts do in a round.
    enum Kind: String, Sendable {
        case registration
        case checkIn = "check-in"
    }

    /// What a host sends.
    struct Request: Sendable {
        var path: String
        var body: [UInt8]
        var signature: RequestSignature
    }

    private struct Answer {
        var status: Int
        var body: [UInt8]
    }

    private struct State {
        var hosts: [SimulatedHost]
        var kind = Kind.registration
        /// The requests of those hosts whose turn it is, and where the first of these is among all.
        var requests: [Request] = []
        var first = 0
        var next = 0
        var answers: [(place: Int, answer: Answer)] = []
        var microseconds: [Int] = []
        var failures: [String: Int] = [:]
        var token: String?
    }

    private let state: Mutex<State>
    private let obeys: Bool
    /// How many hosts send at a time: their requests are signed before, and a signature is good for five minutes.
    private static let turn = 10_000

    init(_ hosts: [SimulatedHost], obeys: Bool) {
        state = Mutex(State(hosts: hosts))
        self.obeys = obeys
    }

    /// Begins a round.
    ///
    /// - Returns: The hosts in the order of their turns.
    func begin(_ kind: Kind) -> [Range<Int>] {
        state.withLock { state in
            state.kind = kind
            state.microseconds = []
            let count = state.hosts.count
            return stride(from: 0, to: count, by: Self.turn).map { $0..<min($0 + Self.turn, count) }
        }
    }

    /// Lets hosts write and sign what they send; what that costs is theirs, and not the service's.
    func prepare(_ places: Range<Int>, at now: Moment) {
        state.withLock { state in
            state.requests = places.compactMap { state.hosts[$0].request(state.kind, at: now) }
            state.first = places.lowerBound
            state.next = 0
            state.answers = []
            let unsigned = places.count - state.requests.count
            if unsigned > 0 { state.failures["not signed", default: 0] += unsigned }
        }
    }

    /// The next request; nil when all have been sent.
    func next() -> (place: Int, request: Request)? {
        state.withLock { state in
            guard state.next < state.requests.count else { return nil }
            defer { state.next += 1 }
            return (state.first + state.next, state.requests[state.next])
        }
    }

    /// Takes what became of a host's request.
    func finish(_ place: Int, status: Int, body: [UInt8], after time: Duration) {
        let (seconds, attoseconds) = time.components
        let microseconds = Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
        state.withLock { state in
            state.microseconds.append(microseconds)
            state.answers.append((place, Answer(status: status, body: body)))
        }
    }

    /// Lets the hosts read what they were answered.
    func takeAnswers() {
        state.withLock { state in
            for (place, answer) in state.answers {
                if (200..<300).contains(answer.status), let said = try? ServiceAnswer(parsing: answer.body) {
                    state.hosts[place].take(said, obeys: obeys)
                    state.token = said.token ?? state.token
                } else {
                    let refusal = try? ServiceRefusal(parsing: answer.body)
                    let reason = refusal?.code.rawValue ?? String(decoding: answer.body.prefix(80), as: UTF8.self)
                    state.failures["\(answer.status) \(reason)", default: 0] += 1
                }
            }
            // Where all connections were lost.
            let left = state.requests.count - state.answers.count
            if left > 0 { state.failures["without an answer", default: 0] += left }
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
