// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import LinuxSystem
import ProcessPatcher
import Synchronization

/// Does the same in many processes at once, and shows how far it is if that takes a while.
///
/// - Returns: The reports, in the processes' order.
func reportInParallel<Report: Sendable>(
    _ processes: [ProcessID], _ work: @escaping @Sendable (ProcessID) -> Report
) -> [Report] {
    let progress = ProgressLine()
    let collected = Collected<Report>()
    Workers.perform(Array(processes.enumerated()), threads: Workers.suitable) { index, process in
        let done = collected.add(work(process), at: index)
        if done.isMultiple(of: 16) || processes.count < 64 { progress.show("\(done)/\(processes.count)") }
    }
    progress.clear()
    return collected.inOrder
}

/// What several threads have found.
private final class Collected<Report: Sendable>: Sendable {
    private let reports = Mutex<[(index: Int, report: Report)]>([])

    /// Adds a report, and tells how many there are.
    func add(_ report: Report, at index: Int) -> Int {
        reports.withLock { reports in
            reports.append((index, report))
            return reports.count
        }
    }

    var inOrder: [Report] { reports.withLock { $0.sorted { $0.index < $1.index }.map(\.report) } }
}
