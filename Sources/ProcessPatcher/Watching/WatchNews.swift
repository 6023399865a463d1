// SPDX-License-Identifier: Apache-2.0

/// What a watch has to tell.
package enum WatchNews: Sendable {
    /// It has begun, and learns of new mappings in this way.
    case started([Patch], WatchSource)
    /// Records of the kernel's were lost, this many if it is known; all processes are looked at.
    case lost(UInt64)
    /// All processes that ran at the beginning, or when records were lost, have been looked at.
    case lookedAtAll
    /// What became of a process.
    case report(Report)
    /// It has ended.
    case stopped(patched: Int, failed: Int)

    /// What became of a process.
    package struct Report: Sendable {
        /// Process and result.
        package let process: ProcessReport
        /// The places, in the list that the watch began with, of the patches that the process has use for.
        package let patches: [Int]
        /// How long after the mapping, if that is known.
        package let latency: Duration?
        /// Whether the process is tried again.
        package let willRetry: Bool
    }
}

/// How a watch learns of new mappings.
package enum WatchSource: String, CaseIterable, Hashable, Sendable {
    /// The kernel tells them, with build IDs (Linux 5.12).
    case events
    /// The kernel tells them without build IDs: each process that has a new one is looked at.
    case mappings
    /// The kernel tells of processes and of programs that they execute, and not of mappings: those are looked for.
    case processes
    /// The kernel tells nothing: all processes are looked at from time to time.
    case scan
}
