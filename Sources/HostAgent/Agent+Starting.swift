// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import LinuxSystem
internal import LivePatch

extension Agent {
    /// Applies the levels that were accepted before the host was started, without a network.
    ///
    /// - Throws: `AgentError` where the state cannot be read or written; nothing is applied then.
    package func applyAccepted() async throws(AgentError) {
        let state = try lookBack()
        let levels = situation(state, .service(nil), []).levelsAtBoot().filter { level in
            isWhole(places.file(of: level.patch.description), level.patch)
        }
        guard !levels.isEmpty, ending.beginChange() else { return }
        defer { ending.finishChange() }
        let bootID = places.bootID
        try store.change { (state) throws(AgentError) in
            state.mark(levels.map(\.patch), bootID: bootID, at: now(state))
        }
        // What belongs to one rollout belongs together; what came by itself, and what is of the kernel, is applied by itself.
        var groups: [String: [String]] = [:]
        for level in levels {
            let group = level.isOfKernel ? level.buildID : level.rollout ?? level.buildID
            groups[group, default: []].append(places.file(of: level.patch.description))
        }
        for files in groups.values {
            tell(.step(.apply))
            do throws(AgentError) {
                let report = try await runner.apply(files, allowsDowngrade: false, isConfirmed: false)
                if !report.failures.isEmpty { tell(.warning(LocalizedText(english: report.detail))) }
            } catch {
                tell(.warning(error.text))
            }
        }
    }

    /// Looks at what an earlier run has left; must come before anything is decided.
    ///
    /// The host may have gone down before a patch had proved itself, and one may have proved itself since.
    ///
    /// - Returns: The state after that.
    @discardableResult
    func lookBack() throws(AgentError) -> HostState {
        let bootID = places.bootID
        let (before, state) = try store.change { (state) throws(AgentError) in
            let before = state.lastEvent
            _ = state.lookBack(bootID: bootID, at: now(state))
            state.clearMarker(bootID: bootID, soak: settings.soak, at: now(state))
            return (before, state)
        }
        for event in state.events where event.number > before { tell(.event(event)) }
        return state
    }

    /// The files of the levels that new processes are to have; that of the kernel is none of them.
    ///
    /// - Throws: `AgentError`.
    package func acceptedFiles() throws(AgentError) -> [String] {
        situation(try store.read(), .service(nil), []).levelsAtBoot().filter { !$0.isOfKernel }
            .map { places.file(of: $0.patch.description) }
            .filter { (try? OwnedDescriptor(opening: $0, for: .read)) != nil }.sorted()
    }

    /// Clears the marker of what was applied, once the host has lived on for long enough.
    ///
    /// - Returns: In how many seconds to ask again; nil if there is nothing to wait for.
    /// - Throws: `AgentError`.
    package func soak() throws(AgentError) -> Int64? {
        let bootID = places.bootID
        return try store.change { (state) throws(AgentError) in
            state.clearMarker(bootID: bootID, soak: settings.soak, at: now(state))
            return state.marker.map { max(1, $0.time.adding(seconds: settings.soak).seconds(since: now(state)) + 1) }
        }
    }

    /// Notes that the agent ends in an orderly way: when the host is started again, that was no crash.
    ///
    /// - Throws: `AgentError`.
    package func noteOrderlyEnd() throws(AgentError) {
        try store.change { (state) throws(AgentError) in state.marker?.isOrderly = true }
    }

    /// Writes the metrics for the node exporter.
    func writeMetrics() async {
        do throws(AgentError) {
            let status = HostStatus(try store.read(), try await runner.survey(), self)
            try onSystem { () throws(SystemError) in
                try replaceFile(settings.metrics ?? places.metrics, with: Array(status.metrics.utf8))
            }
        } catch {
            tell(.warning(error.text))
        }
    }
}
