// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import HostProtocol
internal import ServicePolicy

/// What the service answers to systems that have asked today: those of a fleet are alike, and reading `os-release` for each
/// of them costs more than to know it again.
struct KnownSystems: Sendable {
    private var day: CalendarDay?
    private var answers: [HostFacts: EligibilityAnswer] = [:]
    /// How many different systems are kept.
    private static let limit = 1000

    /// Whether a system is covered on a day.
    mutating func eligibility(of facts: HostFacts, by policy: CoveragePolicy, on today: CalendarDay)
        -> EligibilityAnswer
    {
        var system = facts
        // What tells one host from another, and is not asked for.
        (system.hostname, system.machineID, system.platform, system.tool, system.tags) = ("", "", nil, "", [])
        if day != today || answers.count >= Self.limit { answers = [:] }
        day = today
        if let known = answers[system] { return known }
        let answer = EligibilityAnswer(policy.eligibility(of: facts.system, on: today))
        answers[system] = answer
        return answer
    }
}
