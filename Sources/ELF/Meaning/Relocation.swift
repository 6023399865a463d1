// SPDX-License-Identifier: Apache-2.0

/// A place to which the linker or the loader writes an address.
package struct Relocation: Hashable, Sendable {
    /// The place: an offset in the section (relocatable files) or a link-time virtual address (others).
    package var offset: UInt64
    /// How the value is computed and written.
    package var type: RelocationType
    /// The symbol, of the table that goes with the relocations; `.null` if there is none.
    package var symbol: SymbolIndex
    /// The constant to add.
    package var addend: Int64

    /// Makes a relocation.
    package init(offset: UInt64, type: RelocationType, symbol: SymbolIndex, addend: Int64) {
        self.offset = offset
        self.type = type
        self.symbol = symbol
        self.addend = addend
    }
}

extension Relocation {
    init(_ record: Elf64_Rela) {
        offset = record.r_offset
        type = RelocationType(rawValue: UInt32(truncatingIfNeeded: record.r_info))
        symbol = SymbolIndex(rawValue: Int(record.r_info >> 32))
        addend = record.r_addend
    }
}
