// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// What a tracer wants to be told, and what the kernel does for it meanwhile; `PTRACE_O_…`.
package struct TracingOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt
    package init(rawValue: UInt) { self.rawValue = rawValue }

    /// System call stops are told from a SIGTRAP.
    package static let markSystemCalls = TracingOptions(rawValue: 0x01)
    /// New threads are traced from their birth.
    package static let followClone = TracingOptions(rawValue: 0x08)
    /// `execve` is told.
    package static let reportExecute = TracingOptions(rawValue: 0x10)
    /// No seccomp filter is asked while the thread is traced; needs CAP_SYS_ADMIN.
    package static let suspendSeccomp = TracingOptions(rawValue: 1 << 21)
}

// The ptrace requests, each for the thread that seized the tracee: the kernel knows tracers as threads, not processes.
extension ThreadID {
    private func trace(_ request: Int32, _ name: String, _ address: UInt = 0, _ data: UInt = 0) throws(SystemError) {
        try checked(name, on: .thread(self), clinux_ptrace(request, rawValue, address, data))
    }

    /// Begins to trace the thread, without stopping it.
    package func seize(_ options: TracingOptions) throws(SystemError) {
        try trace(0x4206, "ptrace(SEIZE)", 0, options.rawValue)
    }

    /// Changes what the tracer is told; the thread must be stopped.
    package func setTracingOptions(_ options: TracingOptions) throws(SystemError) {
        try trace(0x4200, "ptrace(SETOPTIONS)", 0, options.rawValue)
    }

    /// Asks the thread to stop; ``wait()`` tells when it has.
    package func interrupt() throws(SystemError) {
        try trace(0x4207, "ptrace(INTERRUPT)")
    }

    /// Lets the thread run on.
    package func resume(delivering signal: Signal? = nil, untilSystemCall: Bool = false) throws(SystemError) {
        let data = UInt(signal?.rawValue ?? 0)
        if untilSystemCall {
            try trace(24, "ptrace(SYSCALL)", 0, data)
        } else {
            try trace(7, "ptrace(CONT)", 0, data)
        }
    }

    /// Leaves the thread in its group-stop while it is traced.
    package func listen() throws(SystemError) {
        try trace(0x4208, "ptrace(LISTEN)")
    }

    /// Ends tracing and lets the thread run on; it must be stopped.
    package func detach(delivering signal: Signal? = nil) throws(SystemError) {
        try trace(17, "ptrace(DETACH)", 0, UInt(signal?.rawValue ?? 0))
    }

    /// Writes eight bytes whatever the page's protection; the thread must be stopped.
    package func poke(_ word: UInt64, at address: RemoteAddress) throws(SystemError) {
        try trace(5, "ptrace(POKEDATA)", UInt(address.rawValue), UInt(word))
    }

    /// Waits until the thread stops or ends.
    ///
    /// - Returns: nil if a ``WaitAlarm`` went off first.
    package func wait() throws(SystemError) -> Stop? {
        var status: Int32 = 0
        // Safety: the call writes to a local variable.
        let result = unsafe clinux_wait(rawValue, &status, 0)
        if result == -EINTR { return nil }
        try checked("waitpid", on: .thread(self), result)
        return Stop(status: status)
    }

    /// Whether the thread has stopped or ended, without waiting: nil if neither.
    package func poll() throws(SystemError) -> Stop? {
        var status: Int32 = 0
        // Safety: the call writes to a local variable.
        let result = unsafe clinux_wait(rawValue, &status, 1)
        guard try checked("waitpid", on: .thread(self), result) != 0 else { return nil }
        return Stop(status: status)
    }

    /// The thread's registers; it must be stopped.
    ///
    /// - Throws: `EINVAL` for a thread in 32-bit mode, whose registers have another layout.
    package func registers() throws(SystemError) -> Registers {
        var registers = Registers()
        // Safety: the call writes at most the size of the local variable.
        let result = unsafe clinux_get_registers(rawValue, &registers.raw)
        let size = try checked("ptrace(GETREGSET)", on: .thread(self), result)
        guard Int(size) == MemoryLayout<user_regs_struct>.size else {
            throw SystemError("ptrace(GETREGSET)", .invalid, on: .thread(self))
        }
        return registers
    }

    /// Gives the thread registers; it must be stopped.
    package func setRegisters(_ registers: Registers) throws(SystemError) {
        var raw = registers.raw
        // Safety: the call reads a local variable.
        try checked("ptrace(SETREGSET)", on: .thread(self), unsafe clinux_set_registers(rawValue, &raw))
    }

    /// The signals that the thread blocks, a bit for each from 1 on; it must be stopped.
    ///
    /// Where a call such as `ppoll` has replaced them for a while, these are the ones that it will block afterwards.
    package func blockedSignals() throws(SystemError) -> UInt64 {
        var mask: UInt64 = 0
        // Safety: the call writes to a local variable.
        try checked("ptrace(GETSIGMASK)", on: .thread(self), unsafe clinux_get_signal_mask(rawValue, &mask))
        return mask
    }

    /// Sets the signals that the thread blocks; it must be stopped.
    package func setBlockedSignals(_ mask: UInt64) throws(SystemError) {
        try checked("ptrace(SETSIGMASK)", on: .thread(self), clinux_set_signal_mask(rawValue, mask))
    }

    /// The thread that a thread in a ``Stop/clone`` has made.
    package func newThread() throws(SystemError) -> ThreadID {
        var message: UInt = 0
        // Safety: the call writes to a local variable.
        try checked("ptrace(GETEVENTMSG)", on: .thread(self), unsafe clinux_get_event_message(rawValue, &message))
        return ThreadID(rawValue: Int32(truncatingIfNeeded: message))
    }

    /// Where the thread's `struct rseq` lies, or nil if it has none or the kernel does not tell (before Linux 5.13).
    package func restartableSequenceArea() -> RemoteAddress? {
        var address: UInt64 = 0
        // Safety: the call writes to a local variable.
        let result = unsafe clinux_get_rseq_address(rawValue, &address)
        return result < 0 || address == 0 ? nil : RemoteAddress(address)
    }
}
