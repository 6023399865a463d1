// SPDX-License-Identifier: Apache-2.0

internal import VirtualMachines

extension ProofResult {
    /// Reads what the machine's program reported.
    ///
    /// - Parameters:
    ///   - report: its lines, and the kernel's log behind `end`.
    ///   - console: what the kernel said, which is all there is if the machine went down.
    ///   - accelerator: what ran it.
    ///   - milliseconds: how long.
    init(report: String, console: String, accelerator: Accelerator, milliseconds: Int) {
        self.accelerator = accelerator
        self.milliseconds = milliseconds
        steps = []
        isComplete = false
        var logLines: [Substring] = []
        for line in report.split(whereSeparator: \.isNewline) {
            if isComplete {
                logLines.append(line)
                continue
            }
            let fields = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count >= 3, let time = Int(fields[2]) else { continue }
            if fields[0] == "end" {
                isComplete = true
            } else {
                let detail = fields.count > 3 ? fields[3].drop { $0 == " " } : ""
                steps.append(
                    Step(
                        name: String(fields[0]), isPassed: fields[1] == "done", milliseconds: time,
                        detail: String(detail.reversed().drop { $0 == " " }.reversed())))
            }
        }
        log = isComplete ? logLines.joined(separator: "\n") : console
        let trouble = KernelLog.trouble(in: log)
        steps.append(
            Step(name: "log", isPassed: trouble == nil && isComplete, milliseconds: 0, detail: trouble ?? ""))
    }
}

/// What a kernel says when something is wrong.
enum KernelLog {
    /// Beginnings of messages of `lib/bug.c`, `arch/x86/kernel/traps.c`, `kernel/hung_task.c`, `kernel/watchdog.c`,
    /// `kernel/rcu/tree_stall.h`, `mm/kasan`, `kernel/locking/lockdep.c`, behind the time.
    private static let signs = [
        "WARNING:", "BUG:", "kernel BUG at", "Oops", "general protection fault", "divide error:", "invalid opcode:",
        "stack segment:", "double fault:", "Kernel panic", "INFO: task ", "rcu: INFO:", "INFO: rcu", "Unable to handle",
        "refcount_t:", "list_add corruption", "list_del corruption", "Bad page state", "sysfs: cannot create duplicate",
        "livepatch: failed", "Call Trace:",
    ]

    /// The first line that says that something is wrong; nil if none does.
    static func trouble(in log: String) -> String? {
        for line in log.split(whereSeparator: \.isNewline) {
            let text = line.contains("] ") ? line.drop { $0 != "]" }.dropFirst(2) : line
            if signs.contains(where: { text.hasPrefix($0) }) { return String(line) }
        }
        return nil
    }
}
