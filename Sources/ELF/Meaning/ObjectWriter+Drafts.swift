// SPDX-License-Identifier: Apache-2.0

/// A section that is to be written.
package struct SectionDraft: Sendable {
    /// Its name.
    package var name: String
    /// What it holds.
    package let type: SectionType
    /// Its attributes.
    package var flags: SectionFlags
    /// Its virtual address, or zero.
    package var address: UInt64
    /// The alignment of its address: zero, or a power of two.
    package var alignment: UInt64
    /// The size of one entry, if it is a table.
    package var entrySize: UInt64
    /// The section it is linked to.
    package var link: Link
    /// Extra information; what depends on the type.
    package var info: UInt32
    /// Its bytes; empty for `noBits`.
    package var contents: [UInt8]
    /// Its size in memory, for `noBits`.
    let zeroCount: UInt64

    /// Makes a section with contents.
    package init(
        name: String, type: SectionType = .programBits, flags: SectionFlags = [], address: UInt64 = 0,
        alignment: UInt64 = 1, entrySize: UInt64 = 0, link: Link = .none, info: UInt32 = 0, contents: [UInt8]
    ) {
        self.name = name
        self.type = type
        self.flags = flags
        self.address = address
        self.alignment = alignment
        self.entrySize = entrySize
        self.link = link
        self.info = info
        self.contents = contents
        zeroCount = 0
    }

    /// Makes a section of type `noBits`: zeroes that take no room in the file.
    package init(
        name: String, flags: SectionFlags = [.allocate, .write], address: UInt64 = 0, alignment: UInt64 = 1,
        zeroCount: UInt64
    ) {
        self.name = name
        self.type = .noBits
        self.flags = flags
        self.address = address
        self.alignment = alignment
        self.zeroCount = zeroCount
        entrySize = 0
        link = .none
        info = 0
        contents = []
    }

    /// The size in memory.
    var size: UInt64 { type == .noBits ? zeroCount : UInt64(contents.count) }

    /// The section that a section is linked to.
    package enum Link: Hashable, Sendable {
        /// None.
        case none
        /// Another section that was added.
        case section(SectionIndex)
        /// The symbol table.
        case symbolTable
    }
}

/// A symbol that is to be written.
package struct SymbolDraft: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// An offset in its section (relocatable files) or a virtual address (others).
    package var value: UInt64
    /// The size of what it names, or zero.
    package var size: UInt64
    /// What it names.
    package var kind: SymbolKind
    /// Who can see it at link time.
    package var binding: SymbolBinding
    /// Who can see it at run time.
    package var visibility: SymbolVisibility
    /// Where it is defined.
    package var place: SymbolPlace

    /// Makes a symbol.
    package init(
        name: String, value: UInt64 = 0, size: UInt64 = 0, kind: SymbolKind = .none,
        binding: SymbolBinding = .global, visibility: SymbolVisibility = .default, place: SymbolPlace
    ) {
        self.name = name
        self.value = value
        self.size = size
        self.kind = kind
        self.binding = binding
        self.visibility = visibility
        self.place = place
    }
}

/// A segment that is to be written: sections at ascending addresses, those without contents last.
///
/// In the file, its sections are as far apart as their addresses are.
package struct SegmentDraft: Hashable, Sendable {
    /// What it is for.
    package var type: SegmentType
    /// Its permissions.
    package var flags: SegmentFlags
    /// Its sections.
    package var sections: [SectionIndex]
    /// The alignment to which address and file offset are congruent.
    package var alignment: UInt64
    /// Whether it starts with the file header, at offset 0, before its first section.
    package var includesFileHeader: Bool

    /// Makes a segment.
    package init(
        type: SegmentType = .load, flags: SegmentFlags, sections: [SectionIndex], alignment: UInt64 = 0x1000,
        includesFileHeader: Bool = false
    ) {
        self.type = type
        self.flags = flags
        self.sections = sections
        self.alignment = alignment
        self.includesFileHeader = includesFileHeader
    }
}
