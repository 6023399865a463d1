// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// What a watch has to tell.
package enum WatchNews: Sendable {
    /// How a watch learns of new mappings.
    package enum Source: Hashable, Sendable {
        /// The kernel tells, with build IDs or without.
        case events(hasBuildIDs: Bool)
        /// The kernel does not tell; all processes are looked at from time to time.
        case scan(every: Duration, because: SystemError)
    }

    /// It has begun.
    case started(patches: Int, Source)
    /// All processes are looked at.
    case scanning(Scan)
    /// What became of a process, and how long after the mapping, if that is known.
    case report(ProcessReport, level: Int, target: String, latency: Duration?, willRetry: Bool)
    /// It has ended.
    case stopped(patched: Int, failed: Int)

    /// Why all processes are looked at.
    package enum Scan: Hashable, Sendable {
        /// At the beginning.
        case first
        /// Records of this number were lost.
        case lost(UInt64)
    }
}
