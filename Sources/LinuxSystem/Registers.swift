// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// The general registers of a stopped x86-64 thread.
package struct Registers: Sendable {
    var raw = user_regs_struct()

    /// Registers that are all zero, to be filled in.
    package init() {}

    /// `rip`.
    package var instructionPointer: RemoteAddress {
        get { RemoteAddress(UInt64(raw.rip)) }
        set { raw.rip = newValue.rawValue }
    }
    /// `rsp`.
    package var stackPointer: RemoteAddress {
        get { RemoteAddress(UInt64(raw.rsp)) }
        set { raw.rsp = newValue.rawValue }
    }
    /// `eflags`.
    package var flags: UInt64 {
        get { UInt64(raw.eflags) }
        set { raw.eflags = newValue }
    }
    /// `rax`: within a system call its result.
    package var result: Int64 {
        get { Int64(bitPattern: UInt64(raw.rax)) }
        set { raw.rax = UInt64(bitPattern: newValue) }
    }
    /// `orig_rax`: the number of the system call that the thread is in, negative if it is in none.
    package var systemCall: Int64 {
        get { Int64(bitPattern: UInt64(raw.orig_rax)) }
        set { raw.orig_rax = UInt64(bitPattern: newValue) }
    }
    /// Whether the thread runs 64-bit code: its code segment is `__USER_CS`.
    package var isLongMode: Bool { raw.cs == 0x33 }

    /// The sixteen general registers but `rsp`, in the processor's numbering: `rax` 0, `rcx` 1, … `r15` 15.
    package var general: [(number: UInt8, value: UInt64)] {
        [
            (0, raw.rax), (1, raw.rcx), (2, raw.rdx), (3, raw.rbx), (5, raw.rbp), (6, raw.rsi), (7, raw.rdi),
            (8, raw.r8), (9, raw.r9), (10, raw.r10), (11, raw.r11), (12, raw.r12), (13, raw.r13), (14, raw.r14),
            (15, raw.r15),
        ].map { (UInt8($0.0), UInt64($0.1)) }
    }
}
