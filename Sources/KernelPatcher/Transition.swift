// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// The time in which the kernel lets one task after the other go over to a patch, or away from it.
struct Transition {
    /// How it ended.
    enum Ending: Hashable {
        /// All tasks have gone over.
        case done
        /// The kernel does not hold the patch any more.
        case gone
        /// These have not gone over in time.
        case stalled([BlockingTask])
    }

    private let kernel: RunningKernel
    private let name: String
    private let deadline: Duration

    /// Most transitions end within some milliseconds, others with the kernel's next look at the tasks, once a second.
    private static let pauses = (shortest: Duration.milliseconds(2), longest: Duration.milliseconds(100))

    init(_ kernel: RunningKernel, of name: String, deadline: Duration) {
        self.kernel = kernel
        self.name = name
        self.deadline = deadline
    }

    /// Waits until all tasks have gone over to the patch.
    func wait() -> Ending { poll(toPatch: true) { $0.map { $0 ? nil : .done } ?? .gone } }

    /// Waits until all tasks have left the patch, so that the kernel does not hold it any more.
    func waitUntilGone() -> Ending { poll(toPatch: false) { $0 == nil ? .gone : nil } }

    private func poll(toPatch isEnabled: Bool, _ ending: (Bool?) -> Ending?) -> Ending {
        let limit = kernel.interface.now.advanced(by: deadline)
        var pause = Self.pauses.shortest
        while true {
            if let ending = ending(kernel.isInTransition(name)) { return ending }
            guard kernel.interface.now < limit else {
                let tasks = kernel.blockingTasks(toPatch: isEnabled)
                // They may have gone over while they were looked for.
                return ending(kernel.isInTransition(name)) ?? .stalled(tasks)
            }
            kernel.interface.pause(for: pause)
            pause = min(pause * 2, Self.pauses.longest)
        }
    }
}
