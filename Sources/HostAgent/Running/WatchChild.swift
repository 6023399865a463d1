// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import Synchronization

/// The child that patches new processes as they start; started again when what they are to have changes.
final class WatchChild: Sendable {
    private let program: String
    private let state = Mutex<(child: ChildProcess?, files: [String])>((nil, []))

    init(_ program: String) { self.program = program }

    /// Whether there is a child.
    var isRunning: Bool { state.withLock { $0.child != nil } }
    /// Whether there should be a child, and there is none.
    var isMissing: Bool { state.withLock { $0.child == nil && !$0.files.isEmpty } }

    /// Sees to a child that watches for these files, and to none if there are none.
    func keep(_ files: [String], excluding exclusions: [String]) {
        let isRight = state.withLock { $0.files == files && ($0.child != nil || files.isEmpty) }
        guard !isRight else { return }
        end()
        state.withLock { state in
            state.files = files
            guard !files.isEmpty else { return }
            let arguments = ["watch"] + exclusions.flatMap { ["--exclude", $0] } + files
            state.child = try? ChildProcess(starting: program, arguments)
        }
    }

    /// Whether the child has ended by itself.
    func hasEnded() -> Bool {
        state.withLock { state in
            guard let child = state.child, child.hasEnded() else { return false }
            state.child = nil
            return true
        }
    }

    /// Ends the child; its patches stay.
    func end() {
        let child = state.withLock { state in
            defer { state.child = nil }
            return state.child
        }
        guard let child else { return }
        child.send(.terminate)
        _ = try? child.waitForEnd()
    }
}
