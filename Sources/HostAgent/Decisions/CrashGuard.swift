// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
package import LivePatch
package import ServicePolicy

extension HostState {
    /// Notes that patches are about to be applied; must be durable before they are.
    ///
    /// Patches that have not proved themselves yet stay noted beside them.
    ///
    /// - Returns: The marker that holds again if nothing comes of it.
    @discardableResult
    package mutating func mark(_ patches: [ArtefactID], bootID: String, at now: Moment) -> CrashMarker? {
        // One that another boot has left is never written over unseen.
        _ = lookBack(bootID: bootID, at: now)
        let before = marker
        let others = before?.patches.filter { !patches.contains($0) } ?? []
        marker = CrashMarker(patches: others + patches, bootID: bootID, time: now, isOrderly: false)
        return before
    }

    /// Looks at what an earlier run has left: whether the host went down before a patch had proved itself.
    ///
    /// - Returns: The patches that are suspect now.
    package mutating func lookBack(bootID: String, at now: Moment) -> [ArtefactID] {
        guard let marker else { return [] }
        guard marker.bootID != bootID else {
            // The agent was ended, and the host lives on: what comes now may be a crash again.
            self.marker?.isOrderly = false
            return []
        }
        self.marker = nil
        guard !marker.isOrderly else { return [] }
        for patch in marker.patches {
            if !suspects.contains(patch) { suspects.append(patch) }
            let level = accepted.first { $0.patch == patch }
            note(
                .crashed, patch, rollout: level?.rollout, target: level?.target, level: level?.level,
                detail: "the host went down after \(marker.time.text), before the patch had proved itself", at: now)
            accepted.removeAll { $0.patch == patch }
        }
        return marker.patches
    }

    /// Clears the marker when its patches have been in force for long enough on a host that lives.
    package mutating func clearMarker(bootID: String, soak: Int64, at now: Moment) {
        guard let marker, marker.bootID == bootID, now.seconds(since: marker.time) >= soak else { return }
        self.marker = nil
    }

    /// Notes that something could not be applied at all, and stops by itself after some times in a row.
    package mutating func noteFailure(limit: Int, reason: String, at now: Moment) {
        failures += 1
        guard failures >= limit, halt == nil else { return }
        halt = AgentHalt(since: now, reason: reason)
        note(
            .halted, nil, rollout: nil, target: nil, level: nil,
            detail: "\(failures) failures in a row, the last: \(reason)", at: now)
    }

    /// Lets a halted agent go on.
    package mutating func resume(at now: Moment) {
        failures = 0
        guard halt != nil || !suspects.isEmpty else { return }
        halt = nil
        suspects = []
        note(.resumed, nil, rollout: nil, target: nil, level: nil, detail: "by the administrator", at: now)
    }
}
