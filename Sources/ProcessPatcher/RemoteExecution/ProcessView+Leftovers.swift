// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

extension ProcessView {
    /// Waits until no thread makes system calls for a patcher that was killed, and clears what that one left.
    ///
    /// A thread ends them alone. Until it has, memory of patches may come or go, so that nothing that is read before can be
    /// relied on; and what it is about to give back must not be given back twice.
    ///
    /// - Parameters:
    ///   - files: The files that have room for the code of the calls.
    ///   - patience: How long to wait.
    /// - Throws: ``PatchError/callsUnfinished(thread:)``, and what stopping the process throws.
    mutating func settleLeftovers(in files: [LoadedFile], patience: Duration) throws(PatchError) {
        let leftovers = try about(process) { () throws(SystemError) in try StubRoom.leftovers(in: files, of: memory) }
        guard !leftovers.isEmpty else { return }
        let runs = leftovers.map {
            ActiveCode.Run(function: "", range: $0, safe: [], endsInCall: false, countsStart: true)
        }
        let change = CodeSwitch(writes: [], active: ActiveCode(runs), states: [], leftovers: leftovers)
        let refusal = try change.perform(in: memory, patience: patience).refusal
        if case .functionActive(_, let thread, _) = refusal { throw .callsUnfinished(thread: thread) }
        if let refusal { throw memory.explained(refusal) }
        try refresh()
    }
}
