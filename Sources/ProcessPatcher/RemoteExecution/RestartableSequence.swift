// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// A restartable sequence (rseq(2)): code that the kernel makes start over when its thread is moved or signalled.
///
/// A thread that is sent elsewhere from within one, and comes back into it, would go on with what another thread may
/// have changed.
enum RestartableSequence {
    /// Whether a stopped thread at `instruction` is within one.
    ///
    /// `struct rseq` has the address of the present `struct rseq_cs` at offset 8; that one has, from offset 8 on, the
    /// first instruction and the length (`include/uapi/linux/rseq.h`). A kernel before 5.13 does not tell where the
    /// first is; glibc itself uses no sequences.
    static func holds(
        _ thread: ThreadID, at instruction: RemoteAddress, _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> Bool {
        guard let area = thread.restartableSequenceArea() else { return false }
        let pointer = number(try memory.readAvailable(8, at: area.advanced(by: 8)))
        guard pointer != 0 else { return false }
        let sequence = try memory.readAvailable(16, at: RemoteAddress(pointer &+ 8))
        guard sequence.count == 16 else { return false }
        return instruction.rawValue &- number(sequence[0..<8]) < number(sequence[8..<16])
    }
}
