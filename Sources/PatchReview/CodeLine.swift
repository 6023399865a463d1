// SPDX-License-Identifier: Apache-2.0

package import Disassembly

/// An instruction as people read it, with names in place of addresses.
package struct CodeLine: Hashable, Sendable {
    /// Bytes from the function's beginning.
    package var offset: UInt64
    /// The machine code, two digits a byte.
    package var bytes: String
    /// The instruction's name.
    package var mnemonic: String
    /// The operands, with names; `→ 1c` for a place in the function.
    package var operands: String
    /// The instruction's name for comparison; nil if it is the name itself.
    var comparedMnemonic: String?
    /// The operands without what only says where code lies: equal for instructions that do the same.
    package var comparedOperands: String
    /// What the instruction refers to outside of the function, if anything.
    package var reference: Reference?

    /// What an instruction refers to.
    package struct Reference: Hashable, Sendable {
        /// Its name.
        package var name: String
        /// Whether it is data that is shown by name.
        package var isDatum: Bool
        /// What is done with its memory; nil if only its address is taken.
        package var access: Instruction.Access?
    }

    /// What two lines have in common if they do the same.
    struct Key: Hashable {
        var mnemonic: String
        var operands: String
    }

    var key: Key { Key(mnemonic: comparedMnemonic ?? mnemonic, operands: comparedOperands) }

    /// The instruction as a text.
    package var text: String { operands.isEmpty ? mnemonic : mnemonic + " " + operands }
}
