// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// Something that a watch has to do with a process.
struct WatchTask: Sendable {
    /// What is to be done.
    enum Work: Hashable, Sendable {
        /// The patches of this group are to be applied, those that the process has use for.
        case apply(Int)
        /// The process is to be looked at: which patches concern it is not known.
        case look
    }

    let process: ProcessID
    let work: Work
    /// When the target was mapped, if an event told so; such a task comes before others.
    var mapped: MonotonicInstant?
    /// What earlier looks have found and tried to apply, of a process that is looked at several times.
    var found: Set<Int> = []
    /// How many more looks are to follow.
    var looksToFollow = 0
    /// How often it was tried in vain.
    var failures = 0

    /// How long to wait before the next try: the longer, the oftener it failed.
    ///
    /// What the dynamic linker is about takes milliseconds; what a debugger is about, hours.
    var rest: Duration { .milliseconds(1 << min(failures, 16)) }
}
