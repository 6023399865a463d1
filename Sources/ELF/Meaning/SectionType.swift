// SPDX-License-Identifier: Apache-2.0

/// What a section holds.
package struct SectionType: RawRepresentable, Hashable, Sendable {
    /// The value of `sh_type`.
    package let rawValue: UInt32

    /// Wraps a value of `sh_type`.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// An unused entry of the section header table.
    package static let null = SectionType(rawValue: SHT_NULL)
    /// What the program defines: code and data.
    package static let programBits = SectionType(rawValue: SHT_PROGBITS)
    /// The symbol table for linkers.
    package static let symbolTable = SectionType(rawValue: SHT_SYMTAB)
    /// Strings.
    package static let stringTable = SectionType(rawValue: SHT_STRTAB)
    /// Relocations with addends.
    package static let relocations = SectionType(rawValue: SHT_RELA)
    /// The dynamic linker's symbol hash table.
    package static let hash = SectionType(rawValue: SHT_HASH)
    /// The dynamic linker's table.
    package static let dynamic = SectionType(rawValue: SHT_DYNAMIC)
    /// Notes, such as the build ID.
    package static let note = SectionType(rawValue: SHT_NOTE)
    /// Zeroes that take no room in the file.
    package static let noBits = SectionType(rawValue: SHT_NOBITS)
    /// Relocations without addends.
    package static let implicitRelocations = SectionType(rawValue: SHT_REL)
    /// The dynamic linker's symbol table.
    package static let dynamicSymbolTable = SectionType(rawValue: SHT_DYNSYM)
    /// Pointers to functions that run at the start.
    package static let initializers = SectionType(rawValue: SHT_INIT_ARRAY)
    /// Pointers to functions that run at the end.
    package static let finalizers = SectionType(rawValue: SHT_FINI_ARRAY)
    /// Pointers to functions that run before all others.
    package static let preinitializers = SectionType(rawValue: SHT_PREINIT_ARRAY)
    /// Sections that are kept or dropped together.
    package static let group = SectionType(rawValue: SHT_GROUP)
    /// Section indices that do not fit into the symbol table.
    package static let extendedIndices = SectionType(rawValue: SHT_SYMTAB_SHNDX)
    /// Relative relocations, packed.
    package static let packedRelocations = SectionType(rawValue: SHT_RELR)
    /// The dynamic linker's symbol hash table, GNU form.
    package static let gnuHash = SectionType(rawValue: SHT_GNU_HASH)
    /// Version definitions.
    package static let versionDefinitions = SectionType(rawValue: SHT_GNU_verdef)
    /// Versions needed of other libraries.
    package static let versionNeeds = SectionType(rawValue: SHT_GNU_verneed)
    /// The dynamic symbols' versions.
    package static let symbolVersions = SectionType(rawValue: SHT_GNU_versym)
    /// Unwind tables, as the psABI would have them; GNU tools write `programBits`.
    package static let unwind = SectionType(rawValue: SHT_X86_64_UNWIND)
}

extension SectionType: CustomStringConvertible {
    /// The specification's name.
    package var description: String {
        switch self {
        case .null: "SHT_NULL"
        case .programBits: "SHT_PROGBITS"
        case .symbolTable: "SHT_SYMTAB"
        case .stringTable: "SHT_STRTAB"
        case .relocations: "SHT_RELA"
        case .hash: "SHT_HASH"
        case .dynamic: "SHT_DYNAMIC"
        case .note: "SHT_NOTE"
        case .noBits: "SHT_NOBITS"
        case .implicitRelocations: "SHT_REL"
        case .dynamicSymbolTable: "SHT_DYNSYM"
        case .initializers: "SHT_INIT_ARRAY"
        case .finalizers: "SHT_FINI_ARRAY"
        case .preinitializers: "SHT_PREINIT_ARRAY"
        case .group: "SHT_GROUP"
        case .extendedIndices: "SHT_SYMTAB_SHNDX"
        case .packedRelocations: "SHT_RELR"
        case .gnuHash: "SHT_GNU_HASH"
        case .versionDefinitions: "SHT_GNU_verdef"
        case .versionNeeds: "SHT_GNU_verneed"
        case .symbolVersions: "SHT_GNU_versym"
        case .unwind: "SHT_X86_64_UNWIND"
        default: "section type " + hexadecimal(rawValue)
        }
    }
}
