// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// A task that keeps a transition from its end: it is in a function that is to be switched, or will return to it.
package struct BlockingTask: Hashable, Sendable {
    /// The process.
    package var process: ProcessID
    /// The thread.
    package var thread: ThreadID
    /// Its name.
    package var name: String
    /// The functions that it is in, the innermost first, as the kernel tells; empty if it runs.
    package var stack: [String]

    /// A task.
    package init(process: ProcessID, thread: ThreadID, name: String, stack: [String]) {
        self.process = process
        self.thread = thread
        self.name = name
        self.stack = stack
    }
}

extension RunningKernel {
    /// The tasks that have not gone over.
    ///
    /// - Parameter isEnabled: whether they are to go to the patch, or away from it.
    /// - Returns: The tasks, by their numbers.
    func blockingTasks(toPatch isEnabled: Bool) -> [BlockingTask] {
        // KLP_UNPATCHED and KLP_PATCHED of include/linux/livepatch.h; who is neither has nothing to do with a transition.
        let old = isEnabled ? "0" : "1"
        var tasks: [BlockingTask] = []
        for process in numbers(in: "/proc") {
            for thread in numbers(in: "/proc/\(process)/task") {
                let place = "/proc/\(process)/task/\(thread)"
                guard line(place + "/patch_state") == old else { continue }
                tasks.append(
                    BlockingTask(
                        process: ProcessID(rawValue: process), thread: ThreadID(rawValue: thread),
                        name: line(place + "/comm") ?? "", stack: stack(place + "/stack")))
            }
        }
        return tasks
    }

    private func numbers(in path: String) -> [Int32] {
        ((try? interface.names(in: path)) ?? []).compactMap { Int32($0) }.sorted()
    }

    /// `[<0>] kswapd+0x1c3/0x3a0`, a line for each function.
    private func stack(_ path: String) -> [String] {
        guard let bytes = try? interface.read(path) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).map { line in
            let text = String(decoding: line, as: UTF8.self)
            guard text.hasPrefix("["), let space = text.firstIndex(of: " ") else { return text }
            return String(text[text.index(after: space)...])
        }
    }
}
