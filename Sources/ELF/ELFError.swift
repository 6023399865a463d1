// SPDX-License-Identifier: Apache-2.0

/// Why a file was refused, or could not be written.
package enum ELFError: Error, Hashable, Sendable {
    // What kind of file it is.
    /// The bytes do not start with the ELF magic number.
    case notELF
    /// Not a 64-bit file; the value is `e_ident[EI_CLASS]`.
    case unsupportedClass(UInt8)
    /// Not a little-endian file; the value is `e_ident[EI_DATA]`.
    case unsupportedByteOrder(UInt8)
    /// Not version 1 of the format.
    case unsupportedVersion(UInt32)
    /// Not for x86-64.
    case unsupportedMachine(Machine)

    // What is wrong with it.
    /// Something is not wholly within the bytes that should hold it.
    case truncated(Part, offset: UInt64, needed: UInt64, available: UInt64)
    /// A table's entries do not have the size that the specification gives them.
    case unexpectedEntrySize(Part, found: UInt64, expected: UInt64)
    /// A table's size is not a multiple of its entries' size.
    case partialEntry(Part, size: UInt64, entrySize: UInt64)
    /// Something refers to an entry that a table does not have.
    case indexOutOfRange(Part, index: UInt64, count: UInt64)
    /// A section that others refer to is of another type than it must be.
    case unexpectedSectionType(Part, found: SectionType, expected: SectionType)
    /// At this offset of a string table there is no zero-terminated UTF-8 text.
    case invalidString(Part, offset: UInt64)
    /// A list whose entries say where the next one is leads nowhere.
    case brokenChain(Part, offset: UInt64)
    /// The dynamic linker's table lacks an entry that another entry needs.
    case missingDynamicEntry(DynamicTag, neededBy: DynamicTag)
    /// An address that no loadable segment's file contents cover.
    case addressNotInFile(Part, address: UInt64)
    /// A symbol's section index is said to be in a `SHT_SYMTAB_SHNDX` section, but there is none.
    case missingExtendedIndex(Part, symbol: SymbolIndex)
    /// Entries that overlap so much that they stand for more bytes than an honest file of this size needs.
    case excessive(Part, limit: UInt64)
    /// Relocations without explicit addends, which x86-64 does not use.
    case implicitAddends(Part)

    // What is wrong with debugging information.
    /// A compressed section (`-gz`).
    case compressed(Part)
    /// A version of DWARF that is not read.
    case unsupportedDWARF(Part, offset: UInt64, version: UInt16)
    /// A number of more than 64 bits.
    case oversizedNumber(Part, offset: UInt64)
    /// An attribute that is stored in an unknown way.
    case unknownForm(Part, offset: UInt64, form: UInt64)
    /// An entry whose layout is declared nowhere.
    case unknownAbbreviation(Part, offset: UInt64, code: UInt64)
    /// A reference to a place where no entry begins.
    case brokenReference(Part, offset: UInt64, target: UInt64)
    /// An attribute whose value is not of a kind that it can have.
    case unexpectedValue(Part, offset: UInt64)
    /// Something is in another file: split or supplementary debugging information.
    case separateDebugInformation(Part, offset: UInt64)
    /// A relocation that debugging information does not have.
    case unsupportedRelocation(Part, offset: UInt64, type: RelocationType)

    // What cannot be written.
    /// A name with a zero byte in it.
    case unwritableName(String)
    /// An alignment that is not a power of two.
    case invalidAlignment(section: String, alignment: UInt64)
    /// A segment's sections do not follow each other at ascending addresses with their contents first.
    case unorderedSegment(index: Int, section: String)
    /// Something is too large for its field.
    case tooLarge(Part, size: UInt64)
}

extension ELFError {
    /// A place in a file.
    package enum Part: Hashable, Sendable {
        /// The header at offset 0.
        case fileHeader
        /// The section header table.
        case sectionHeaders
        /// The program header table.
        case programHeaders
        /// A section, with its name where it could be read.
        case section(SectionIndex, name: String?)
        /// A segment, by its position in the program header table.
        case segment(Int)
        /// What an entry of the dynamic linker's table points to.
        case dynamic(DynamicTag)
        /// Notes that were given as bytes of their own.
        case notes
        /// The symbols that relocations refer to.
        case symbols
        /// A string table that is being written.
        case strings
    }
}
