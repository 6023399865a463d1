// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import JSON
package import LivePatch
package import ServicePolicy

/// All that the agent keeps beside its key and the patches: one value, which is replaced in one step.
package struct HostState: Hashable, Sendable {
    /// The server, and what was said at registration; nil before it.
    package var registration: HostRegistration?
    /// The number of the last check-in; kept before it is sent.
    package var counter: Int64 = 0
    /// The lease as the service signed it.
    package var lease: JSONValue?
    /// What the director wants, as the service signed it.
    package var instructions: JSONValue?
    /// The last answer of the service.
    package var answer: KeptAnswer?
    /// The number of the last event.
    package var lastEvent: Int64 = 0
    /// The events that the service has not confirmed.
    package var events: [CheckIn.Event] = []
    /// What the administrator holds back.
    package var holds: [CheckIn.Hold] = []
    /// The levels that the host has, and applies again when it starts.
    package var accepted: [AcceptedLevel] = []
    /// The levels before them, for the way back.
    package var previous: [AcceptedLevel] = []
    /// What is being applied, or was a short time ago.
    package var marker: CrashMarker?
    /// Why the agent has stopped by itself.
    package var halt: AgentHalt?
    /// How often in a row nothing could be applied.
    package var failures: Int = 0
    /// Patches after which the host went down.
    package var suspects: [ArtefactID] = []
    /// The highest number of a list of revocations that was seen.
    package var revocations: Int64 = 0
    /// The latest moment that is known to be over.
    package var clockFloor: Moment?
    /// What the repository says of patches that the instructions name, or that are applied.
    package var known: [KnownPatch] = []
    /// The last things that were done, the newest at the end.
    package var history: [HistoryEntry] = []

    /// How much is kept of events and of history.
    private static let limit = 200

    /// The state of a host that nothing has happened to.
    package init() {}

    /// Adds an event, for the service and for the history.
    package mutating func note(
        _ kind: CheckIn.Event.Kind, _ patch: ArtefactID?, rollout: String?, target: String?, level: Int?,
        detail: String, at now: Moment
    ) {
        // What happens again at every attempt is told once.
        let isKnown = history.last { $0.patch == patch }.map { $0.kind == kind && $0.detail == detail } ?? false
        guard kind != .failed || !isKnown else { return }
        lastEvent += 1
        var detail = detail
        while detail.utf8.count > 2000 { detail.removeLast(max(1, detail.count / 8)) }
        events.append(
            CheckIn.Event(
                number: lastEvent, time: now, kind: kind, patch: patch, rollout: rollout, detail: detail))
        if events.count > Self.limit { events.removeFirst(events.count - Self.limit) }
        history.append(
            HistoryEntry(
                time: now, kind: kind, patch: patch, target: target, level: level, detail: detail))
        if history.count > Self.limit { history.removeFirst(history.count - Self.limit) }
    }

    /// What is kept of a patch.
    package func known(_ patch: ArtefactID) -> KnownPatch? { known.first { $0.patch == patch } }

    /// The level that the host has of a build.
    package func accepted(_ buildID: String) -> AcceptedLevel? { accepted.first { $0.buildID == buildID } }

    /// Accepts a level in the place of the one before.
    package mutating func accept(_ level: AcceptedLevel) {
        if let old = accepted(level.buildID), old.patch != level.patch {
            previous.removeAll { $0.buildID == level.buildID }
            if old.level < level.level { previous.append(old) }
        }
        accepted.removeAll { $0.buildID == level.buildID }
        accepted.append(level)
    }

    /// Forgets the level of a build.
    package mutating func forget(_ buildID: String) {
        accepted.removeAll { $0.buildID == buildID }
        previous.removeAll { $0.buildID == buildID }
    }
}
