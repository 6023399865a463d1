// SPDX-License-Identifier: Apache-2.0

/// How a relocation's value is computed and written, as in the x86-64 psABI, section 4.4.
package struct RelocationType: RawRepresentable, Hashable, Sendable {
    /// The lower 32 bits of `r_info`.
    package let rawValue: UInt32

    /// Wraps the lower 32 bits of `r_info`.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Nothing.
    package static let none = RelocationType(rawValue: 0)
    /// The address, 64 bits.
    package static let absolute64 = RelocationType(rawValue: 1)
    /// The address relative to the place, 32 bits.
    package static let pc32 = RelocationType(rawValue: 2)
    /// The offset of the entry in the global offset table, 32 bits.
    package static let got32 = RelocationType(rawValue: 3)
    /// The address of the function's linkage table entry relative to the place, 32 bits.
    package static let plt32 = RelocationType(rawValue: 4)
    /// Copy the variable from the library, at run time.
    package static let copy = RelocationType(rawValue: 5)
    /// Set a global offset table entry to the address, at run time.
    package static let globalData = RelocationType(rawValue: 6)
    /// Set a linkage table's slot to the address, at run time.
    package static let jumpSlot = RelocationType(rawValue: 7)
    /// The load bias plus the addend, 64 bits, at run time.
    package static let relative = RelocationType(rawValue: 8)
    /// The global offset table entry relative to the place, 32 bits.
    package static let gotpcrel = RelocationType(rawValue: 9)
    /// The address, 32 bits, zero-extended.
    package static let absolute32 = RelocationType(rawValue: 10)
    /// The address, 32 bits, sign-extended.
    package static let absolute32Signed = RelocationType(rawValue: 11)
    /// The address, 16 bits.
    package static let absolute16 = RelocationType(rawValue: 12)
    /// The address relative to the place, 16 bits.
    package static let pc16 = RelocationType(rawValue: 13)
    /// The address, 8 bits.
    package static let absolute8 = RelocationType(rawValue: 14)
    /// The address relative to the place, 8 bits.
    package static let pc8 = RelocationType(rawValue: 15)
    /// The number of the module that defines a thread-local variable, at run time.
    package static let tlsModule64 = RelocationType(rawValue: 16)
    /// A thread-local variable's offset in its module, 64 bits.
    package static let tlsModuleOffset64 = RelocationType(rawValue: 17)
    /// A thread-local variable's offset from the thread pointer, 64 bits.
    package static let tlsThreadOffset64 = RelocationType(rawValue: 18)
    /// General dynamic: a global offset table pair for `__tls_get_addr`, relative to the place, 32 bits.
    package static let tlsGD = RelocationType(rawValue: 19)
    /// Local dynamic: the module's global offset table pair, relative to the place, 32 bits.
    package static let tlsLD = RelocationType(rawValue: 20)
    /// A thread-local variable's offset in its module, 32 bits.
    package static let tlsModuleOffset32 = RelocationType(rawValue: 21)
    /// Initial exec: the global offset table entry of the thread pointer offset, relative to the place, 32 bits.
    package static let gotTLSThreadOffset = RelocationType(rawValue: 22)
    /// Local exec: a thread-local variable's offset from the thread pointer, 32 bits.
    package static let tlsThreadOffset32 = RelocationType(rawValue: 23)
    /// The address relative to the place, 64 bits.
    package static let pc64 = RelocationType(rawValue: 24)
    /// The offset from the global offset table, 64 bits.
    package static let gotOffset64 = RelocationType(rawValue: 25)
    /// The global offset table relative to the place, 32 bits.
    package static let gotPC32 = RelocationType(rawValue: 26)
    /// The offset of the entry in the global offset table, 64 bits.
    package static let got64 = RelocationType(rawValue: 27)
    /// The global offset table entry relative to the place, 64 bits.
    package static let gotpcrel64 = RelocationType(rawValue: 28)
    /// The global offset table relative to the place, 64 bits.
    package static let gotPC64 = RelocationType(rawValue: 29)
    /// The offset of the linkage table's entry in the global offset table, 64 bits.
    package static let gotPLT64 = RelocationType(rawValue: 30)
    /// The linkage table entry's offset from the global offset table, 64 bits.
    package static let pltOffset64 = RelocationType(rawValue: 31)
    /// The symbol's size, 32 bits.
    package static let size32 = RelocationType(rawValue: 32)
    /// The symbol's size, 64 bits.
    package static let size64 = RelocationType(rawValue: 33)
    /// The global offset table entry of a thread-local descriptor, relative to the place, 32 bits.
    package static let tlsDescriptorGotPC32 = RelocationType(rawValue: 34)
    /// The call through a thread-local descriptor; marks the instruction, writes nothing.
    package static let tlsDescriptorCall = RelocationType(rawValue: 35)
    /// A thread-local descriptor, at run time.
    package static let tlsDescriptor = RelocationType(rawValue: 36)
    /// What the function at load bias plus addend returns, 64 bits, at run time.
    package static let indirectRelative = RelocationType(rawValue: 37)
    /// As `relative`, for programs with 32-bit pointers.
    package static let relative64 = RelocationType(rawValue: 38)
    /// As `gotpcrel`; the linker may turn the instruction into one that does without the table.
    package static let gotpcrelx = RelocationType(rawValue: 41)
    /// As `gotpcrelx`, for an instruction with a REX prefix.
    package static let rexGOTPCRELX = RelocationType(rawValue: 42)
}

extension RelocationType: CustomStringConvertible {
    /// The psABI's name, such as `R_X86_64_PC32`.
    package var description: String {
        guard let suffix = Self.suffixes[rawValue] else { return "R_X86_64 type \(rawValue)" }
        return "R_X86_64_" + suffix
    }

    private static let suffixes: [UInt32: String] = [
        0: "NONE", 1: "64", 2: "PC32", 3: "GOT32", 4: "PLT32", 5: "COPY", 6: "GLOB_DAT", 7: "JUMP_SLOT",
        8: "RELATIVE", 9: "GOTPCREL", 10: "32", 11: "32S", 12: "16", 13: "PC16", 14: "8", 15: "PC8",
        16: "DTPMOD64", 17: "DTPOFF64", 18: "TPOFF64", 19: "TLSGD", 20: "TLSLD", 21: "DTPOFF32",
        22: "GOTTPOFF", 23: "TPOFF32", 24: "PC64", 25: "GOTOFF64", 26: "GOTPC32", 27: "GOT64",
        28: "GOTPCREL64", 29: "GOTPC64", 30: "GOTPLT64", 31: "PLTOFF64", 32: "SIZE32", 33: "SIZE64",
        34: "GOTPC32_TLSDESC", 35: "TLSDESC_CALL", 36: "TLSDESC", 37: "IRELATIVE", 38: "RELATIVE64",
        41: "GOTPCRELX", 42: "REX_GOTPCRELX",
    ]
}
