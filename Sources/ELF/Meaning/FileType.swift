// SPDX-License-Identifier: Apache-2.0

/// What a file is for.
package struct FileType: RawRepresentable, Hashable, Sendable {
    /// The value of `e_type`.
    package let rawValue: UInt16

    /// Wraps a value of `e_type`.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// No type.
    package static let none = FileType(rawValue: ET_NONE)
    /// What a compiler writes and a linker reads.
    package static let relocatable = FileType(rawValue: ET_REL)
    /// A program with fixed addresses.
    package static let executable = FileType(rawValue: ET_EXEC)
    /// A shared library or a position-independent program.
    package static let shared = FileType(rawValue: ET_DYN)
    /// The memory of a process that crashed.
    package static let core = FileType(rawValue: ET_CORE)
}

extension FileType: CustomStringConvertible {
    /// The type as a person would name it.
    package var description: String {
        switch self {
        case .none: "no type"
        case .relocatable: "relocatable object"
        case .executable: "executable"
        case .shared: "shared object"
        case .core: "core dump"
        default: "file type " + hexadecimal(rawValue)
        }
    }
}

/// The architecture a file is for.
package struct Machine: RawRepresentable, Hashable, Sendable {
    /// The value of `e_machine`.
    package let rawValue: UInt16

    /// Wraps a value of `e_machine`.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// AMD and Intel, 64 bits.
    package static let x86_64 = Machine(rawValue: EM_X86_64)
}

extension Machine: CustomStringConvertible {
    /// The architecture's usual name, for those that an x86-64 machine may come across.
    package var description: String {
        switch rawValue {
        case 3: "i386"
        case 8: "MIPS"
        case 20: "PowerPC"
        case 21: "PowerPC64"
        case 22: "S/390"
        case 40: "ARM"
        case EM_X86_64: "x86-64"
        case 183: "AArch64"
        case 243: "RISC-V"
        case 247: "BPF"
        case 258: "LoongArch"
        default: "machine \(rawValue)"
        }
    }
}
