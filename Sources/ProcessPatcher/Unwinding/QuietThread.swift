// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// Whether a stopped thread can be made to run what takes the locks of the unwinder and of `malloc`.
///
/// It must hold neither, nor be in the middle of what they protect. A thread qualifies that waits in a system call which
/// neither of them makes, and has no signal handler on its stack: what a handler has interrupted could be either.
struct QuietThread {
    /// The executable memory of the process's unwinders.
    let unwinders: [Range<RemoteAddress>]

    /// Calls that wait for something outside, and that no allocator and no unwinder makes: read, poll, readv, select, pause,
    /// nanosleep, accept, recvfrom, recvmsg, wait4, semop, msgrcv, rt_sigtimedwait, rt_sigsuspend, io_getevents, semtimedop,
    /// clock_nanosleep, epoll_wait, mq_timedreceive, waitid, pselect6, ppoll, epoll_pwait, accept4, recvmmsg, io_pgetevents,
    /// io_uring_enter, epoll_pwait2.
    private static let waits: Set<Int64> = [
        0, 7, 19, 23, 34, 35, 43, 45, 47, 61, 65, 70, 128, 130, 208, 220, 230, 232, 243, 247, 270, 271,
        281, 288, 299, 333,
        426, 441,
    ]
    private static let futex: Int64 = 202
    /// What condition variables, semaphores and joining wait with, without the flags for private memory and the clock.
    ///
    /// This is `FUTEX_WAIT_BITSET`; locks wait with `FUTEX_WAIT`.
    private static let waitBitset: UInt64 = 9
    private static let futexFlags: UInt64 = 128 | 256

    private static let stackLimit: UInt64 = 16 << 20
    private static let chunk = 64 << 10

    /// Whether the thread, stopped with these registers, is one.
    func qualifies(
        _ thread: ThreadID, _ registers: Registers, _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> Bool {
        guard InterruptedCall.isRestarted(registers) else { return false }
        let isFutex = registers.systemCall == Self.futex
        if isFutex {
            guard let operation = registers.general.first(where: { $0.number == 6 })?.value,
                operation & ~Self.futexFlags == Self.waitBitset
            else { return false }
        } else {
            guard Self.waits.contains(registers.systemCall) else { return false }
        }
        // gcc 13's unwinder waits for a condition in the middle of its own tree.
        return try !isInterrupting(
            registers.stackPointer, thread, avoiding: isFutex ? unwinders : [], memory)
    }

    /// Whether a stack has the frame of a signal, or an address in some code; also if it cannot be told.
    private func isInterrupting(
        _ stackPointer: RemoteAddress, _ thread: ThreadID, avoiding code: [Range<RemoteAddress>],
        _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> Bool {
        let map = try MemoryMap(of: memory.process, through: thread)
        guard let end = map.mapping(containing: stackPointer)?.range.upperBound,
            end.rawValue - stackPointer.rawValue <= Self.stackLimit
        else { return true }
        var address = stackPointer.rawValue & ~7
        while address < end.rawValue {
            let bytes = try memory.readAvailable(
                Int(min(end.rawValue - address, UInt64(Self.chunk))), at: RemoteAddress(address))
            guard bytes.count >= 8 else { return true }
            for start in stride(from: 0, through: bytes.count - 8, by: 8) {
                let word = number(bytes[start..<start + 8])
                // The segment registers in a signal's frame (`struct sigcontext_64`): `cs` 0x33, `ss` 0x2b.
                if word == 0x002b_0000_0000_0033 { return true }
                if code.contains(where: { $0.contains(RemoteAddress(word)) }) { return true }
            }
            address += UInt64(bytes.count & ~7)
        }
        return false
    }
}
