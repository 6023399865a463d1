// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

extension CodeSwitch {
    /// What a switch took.
    struct Effort: Hashable, Sendable {
        /// The longest time that threads were stopped at once.
        var pause: Duration
        /// How often the process was stopped.
        var attempts: Int
        /// Why it was not switched, if so.
        var refusal: PatchError?
    }

    /// Tries until no thread is in the code, with growing pauses in between, for at most `patience`.
    ///
    /// Between two attempts the process is not even traced. Call frame information is read only when a stack has a
    /// suspicious word, and then there is one attempt more, whatever the patience is.
    func perform(in memory: borrowing ProcessMemory, patience: Duration) throws(PatchError) -> Effort {
        let began = MonotonicInstant.now
        let deadline = began.advanced(by: patience)
        var rest = Duration.microseconds(500)
        var limit = Duration.milliseconds(10)
        var effort = Effort(pause: .zero, attempts: 0)
        var change = self
        while true {
            let (pause, refusal) = try change.perform(
                in: memory, limit: limit, waited: MonotonicInstant.now.elapsed(since: began))
            effort.pause = max(effort.pause, pause)
            effort.attempts += 1
            effort.refusal = refusal
            guard let refusal, refusal.isPassing else { return effort }
            if case .functionActive = refusal, change.frames == nil {
                change.frames = try Self.frames(of: memory)
                continue
            }
            guard MonotonicInstant.now < deadline else { return effort }
            LinuxSystem.pause(for: rest)
            rest = min(rest * 2, .milliseconds(100))
            limit = min(limit * 2, .milliseconds(160))
        }
    }

    private static func frames(of memory: borrowing ProcessMemory) throws(PatchError) -> CallFrames {
        try about(memory.process) { () throws(SystemError) in
            let map = try MemoryMap(of: memory.process)
            return try CallFrames(of: LoadedFile.all(in: map, of: memory), in: memory)
        }
    }
}
