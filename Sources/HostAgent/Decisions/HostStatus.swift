// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import LivePatch
internal import PatchCatalogue
package import ServicePolicy

/// How this host stands.
package struct HostStatus: Sendable {
    /// The answer in one number, as kcarectl gives it.
    package enum Grade: Int32, Sendable {
        /// It has what it is to have.
        case latest = 0
        /// Nothing is applied.
        case nothingApplied = 1
        /// Something newer is wanted.
        case newerExists = 2
        /// The service does not cover the host.
        case unsupported = 3
    }

    /// What is kept.
    package let state: HostState
    /// What is to be done.
    package let decisions: [Decision]
    /// What processes use.
    package let targets: [CheckIn.Target]
    /// Where it is written that nothing is to be done.
    package let off: Situation.Switch?
    /// The moment.
    package let now: Moment
    /// The clock.
    package let clock: TrustedClock

    /// What is kept, and what processes use now.
    package init(_ state: HostState, _ targets: [CheckIn.Target], _ agent: Agent) {
        self.state = state
        self.targets = targets
        decisions = agent.situation(state, .service(state.keptInstructions), targets).decisions()
        off = agent.places.off
        clock = TrustedClock(system: agent.clock(), floor: state.clockFloor)
        now = clock.now
    }

    /// The answer in one word.
    package var grade: Grade {
        if let answer = state.answer, answer.eligibility.products.isEmpty { return .unsupported }
        if targets.allSatisfy({ $0.level == 0 }) { return .nothingApplied }
        return decisions.contains(where: \.isNewerWanted) ? .newerExists : .latest
    }

    /// How the lease stands; nil for none.
    package var lease: (lease: HostLease, state: Lease.State)? {
        state.keptLease.map { ($0, $0.lease.state(at: now)) }
    }

    /// The vulnerabilities that a wanted patch fixes and that are not fixed in memory.
    package var open: [String] {
        let wanted = decisions.filter(\.isNewerWanted).compactMap { $0.order?.patch }
        let fixed = Set(targets.compactMap(\.patch).flatMap(cves))
        return Set(wanted.flatMap(cves)).subtracting(fixed).sorted()
    }

    /// The vulnerabilities that a patch fixes, as far as that is known.
    package func cves(_ patch: ArtefactID) -> [String] { state.known(patch)?.description.vulnerabilities ?? [] }

    /// The last contact, in whole hours.
    package var hoursSinceContact: Int64? { state.answer.map { max(0, now.seconds(since: $0.received) / 3600) } }

    /// The code of a plugin: critical is what leaves a host open, or stops it from getting on.
    package var pluginCode: Int32 {
        guard state.registration != nil else { return 3 }
        if state.halt != nil || grade == .newerExists || lease?.state == .lapsed { return 2 }
        if grade == .unsupported { return 3 }
        let isSilent = (hoursSinceContact ?? 0) >= 48
        if off != nil || isSilent || !state.holds.isEmpty || lease?.state == .grace || clock.secondsBehind > 0 {
            return 1
        }
        return decisions.contains(where: \.isNewerWanted) ? 2 : 0
    }

    /// One line for a plugin of Nagios or Icinga, with data behind the bar.
    package var pluginLine: String {
        let words = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]
        let word = words[Int(min(3, max(0, pluginCode)))]
        var parts: [String] = []
        if state.registration == nil { parts.append("not registered") }
        if let halt = state.halt { parts.append("stopped after failures since \(halt.since.text)") }
        if off != nil { parts.append("switched off") }
        if lease?.state == .lapsed { parts.append("lease ended") }
        if !open.isEmpty { parts.append("open: \(open.joined(separator: " "))") }
        let patched = targets.count { $0.level > 0 }
        parts.append("\(patched) of \(targets.count) targets patched")
        let data = [
            "targets=\(targets.count)", "patched=\(patched)", "open_cves=\(open.count)",
            "hours_since_contact=\(hoursSinceContact.map(String.init) ?? "U")",
        ]
        return "KAKETSUGI \(word) - \(parts.joined(separator: "; ")) | \(data.joined(separator: " "))"
    }
}
