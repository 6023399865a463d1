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

    /// Whether a thread waits in a system call that goes on by what the kernel keeps of it, such as until when.
    ///
    /// A thread has room for one (`include/linux/restart_block.h`), so the next one that is interrupted replaces it.
    static func usesRestartBlock(_ registers: Registers) -> Bool {
        registers.systemCall >= 0 && registers.result == restartBlock
    }

    /// The calls that the kernel goes on with in this way: poll, nanosleep, futex, clock_nanosleep.
    private static let keptCalls: Set<Int64> = [7, 35, 202, 230]
    /// How long the instructions are that ``keptCall(in:)`` looks at.
    static let callSize: UInt64 = 7

    /// The number of the system call that some instructions make, `mov $number, %eax; syscall`, if the kernel keeps such
    /// calls: `orig_rax` tells it only until the call has been gone on with once.
    static func keptCall(in code: [UInt8]) -> Int64? {
        guard code.count == Int(callSize), code[0] == 0xb8, code[5...] == [0x0f, 0x05] else { return nil }
        let number = Int64(number(code[1..<5]))
        return keptCalls.contains(number) ? number : nil
    }

    /// The registers of a thread for which the kernel keeps another call by now.
    ///
    /// The call begins anew, with all of its time. Where its number is not known any more it ends with EINTR, as after a
    /// signal.
    ///
    /// - Parameters:
    ///   - registers: Of the thread in the call.
    ///   - code: The ``callSize`` bytes before its instruction pointer.
    /// - Returns: What the thread is to go on with.
    static func withoutRestartBlock(_ registers: Registers, after code: [UInt8]) -> Registers {
        guard usesRestartBlock(registers) else { return registers }
        var registers = registers
        if registers.systemCall == restartSystemCall {
            guard let number = keptCall(in: code) else {
                registers.result = interrupted
                return registers
            }
            registers.systemCall = number
        }
        registers.result = restartUnlessHandled
        return registers
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
