// SPDX-License-Identifier: Apache-2.0

/// The registers of a frame as far as they are known, in the numbering of the System V ABI for x86-64 (figure 3.36).
package struct CallFrameRegisters: Hashable, Sendable {
    /// How many there are: sixteen, and the return address.
    package static let count = 17
    /// `rsp`.
    package static let stackPointer = 7
    /// The return address, or where a thread is.
    package static let returnAddress = 16
    /// The registers that a function leaves as they were: `rbx`, `rbp`, `r12` to `r15`.
    static let preserved: Set<Int> = [3, 6, 12, 13, 14, 15]

    private var values: [UInt64?]

    /// Registers of which none is known.
    package init() { values = [UInt64?](repeating: nil, count: Self.count) }

    /// A register's value; nil where it is not known, or where there is no such register.
    package subscript(register: Int) -> UInt64? {
        get { values.indices.contains(register) ? values[register] : nil }
        set { if values.indices.contains(register) { values[register] = newValue } }
    }
}
