// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// What becomes of a system call that a stop interrupted.
///
/// The kernel restarts most of them by itself, by codes below -511 that user space never sees
/// (`arch/x86/kernel/signal.c`, arch_do_signal_or_restart). Some end with EINTR instead, although no signal came: a
/// program that sees it would believe in one.
package enum InterruptedCall {
    /// `-EINTR`.
    static let interrupted: Int64 = -4
    /// `-ERESTARTNOHAND`: the call starts anew unless a signal handler runs, then it ends with EINTR.
    static let restartUnlessHandled: Int64 = -514
    /// `-ERESTART_RESTARTBLOCK`: the call goes on through `restart_syscall`.
    static let restartBlock: Int64 = -516
    /// `restart_syscall`.
    static let restartSystemCall: Int64 = 219

    /// The calls that end with EINTR when a stop interrupts them, and that have done nothing then (signal(7),
    /// "Interruption of system calls and library functions by stop signals").
    ///
    /// A call that is not here keeps its EINTR: `close`, for one, has closed its descriptor and must not run twice.
    private static let restartable: Set<Int64> = [
        0,  // read, of a socket with a timeout or of inotify
        1,  // write
        19,  // readv
        20,  // writev
        42,  // connect
        43,  // accept
        44,  // sendto
        45,  // recvfrom
        46,  // sendmsg
        47,  // recvmsg
        65,  // semop
        128,  // rt_sigtimedwait
        208,  // io_getevents
        220,  // semtimedop
        232,  // epoll_wait
        281,  // epoll_pwait
        288,  // accept4
        299,  // recvmmsg
        307,  // sendmmsg
        333,  // io_pgetevents
        426,  // io_uring_enter
        441,  // epoll_pwait2
    ]

    /// The registers with a spurious EINTR turned into a restart, or nil if there is none.
    package static func withoutSpuriousInterrupt(_ registers: Registers) -> Registers? {
        guard registers.result == interrupted, restartable.contains(registers.systemCall) else { return nil }
        var registers = registers
        registers.result = restartUnlessHandled
        return registers
    }

    /// Whether a thread waits in a system call that the kernel begins anew, or goes on with.
    package static func isRestarted(_ registers: Registers) -> Bool {
        guard registers.systemCall >= 0 else { return false }
        let result = (withoutSpuriousInterrupt(registers) ?? registers).result
        return [-512, -513, restartUnlessHandled, restartBlock].contains(result)
    }

    /// The registers as the kernel would make them on the way back to user space, where no signal is to be delivered.
    package static func resumed(_ registers: Registers) -> Registers {
        guard registers.systemCall >= 0 else { return registers }
        var resumed = withoutSpuriousInterrupt(registers) ?? registers
        switch resumed.result {
        case -512, -513, restartUnlessHandled: resumed.result = registers.systemCall
        case restartBlock: resumed.result = restartSystemCall
        default: return resumed
        }
        // Back to the `syscall` instruction, two bytes.
        resumed.instructionPointer = registers.instructionPointer.advanced(by: UInt64(bitPattern: -2))
        return resumed
    }
}
