// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// A bound on how long the calling thread waits for a traced thread: `waitpid` has no timeout of its own.
///
/// When it goes off, ``ThreadID/wait()`` returns nil. It wakes only the thread that made it.
@safe package struct WaitAlarm: ~Copyable {
    // Safety: a handle of the kernel's, valid until `deinit` deletes it; never dereferenced.
    private let timer: timer_t?

    /// Makes an alarm that is off.
    package init() throws(SystemError) {
        var timer: timer_t?
        // Safety: the call writes to a local variable.
        let result = unsafe clinux_create_thread_alarm(&timer)
        unsafe self.timer = timer
        try checked("timer_create", result)
    }

    deinit {
        // Safety: the timer is ours.
        unsafe _ = clinux_delete_thread_alarm(timer)
    }

    /// Lets the alarm go off after some time, and go on doing so until ``cancel()``.
    package func set(after duration: Duration) throws(SystemError) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = Int(min(seconds, 1 << 30)) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        // Safety: the timer is ours.
        try checked("timer_settime", unsafe clinux_set_thread_alarm(timer, max(1, nanoseconds)))
    }

    /// Switches the alarm off.
    package func cancel() {
        // Safety: the timer is ours. The call cannot fail for a valid timer and time.
        unsafe _ = clinux_set_thread_alarm(timer, 0)
    }
}
