// SPDX-License-Identifier: Apache-2.0

/// Why code cannot be disassembled.
package enum DisassemblyError: Error, Hashable, Sendable {
    /// The disassembler does not start; its error number.
    case unavailable(code: UInt32)
}

extension DisassemblyError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let code):
            "the disassembler does not start: Capstone's error \(code); it was built without x86 support"
        }
    }
}
