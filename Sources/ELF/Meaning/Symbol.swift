// SPDX-License-Identifier: Apache-2.0

/// A symbol: a name for a place in a program.
package struct Symbol: Hashable, Sendable {
    /// Its position in its symbol table.
    package let index: SymbolIndex
    /// Its name, which may be empty.
    package let name: String
    /// An offset in its section (relocatable files) or a link-time virtual address (others).
    package let value: UInt64
    /// The size of what it names, or zero.
    package let size: UInt64
    /// What it names.
    package let kind: SymbolKind
    /// Who can see it at link time.
    package let binding: SymbolBinding
    /// Who can see it at run time.
    package let visibility: SymbolVisibility
    /// Where it is defined.
    package let place: SymbolPlace
    /// The version of a dynamic symbol: the one defined, or the one needed of another library.
    package let version: String?
    /// Whether a defined version is not the default one: only who asks for this version gets it.
    package let hasHiddenVersion: Bool
}

extension Symbol {
    /// The same symbol as the function that is known to begin there: assembler source need not say the kind or the size.
    package func function(ofSize size: UInt64) -> Symbol {
        Symbol(
            index: index, name: name, value: value, size: size, kind: .function, binding: binding,
            visibility: visibility, place: place, version: version, hasHiddenVersion: hasHiddenVersion)
    }
}

/// What a symbol names.
package struct SymbolKind: RawRepresentable, Hashable, Sendable {
    /// The lower four bits of `st_info`.
    package let rawValue: UInt8

    /// Wraps the lower four bits of `st_info`.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Not said.
    package static let none = SymbolKind(rawValue: STT_NOTYPE)
    /// Data.
    package static let object = SymbolKind(rawValue: STT_OBJECT)
    /// Code.
    package static let function = SymbolKind(rawValue: STT_FUNC)
    /// A section.
    package static let section = SymbolKind(rawValue: STT_SECTION)
    /// The source file of the local symbols that follow.
    package static let file = SymbolKind(rawValue: STT_FILE)
    /// Data that the linker is still to place.
    package static let common = SymbolKind(rawValue: STT_COMMON)
    /// Thread-local data.
    package static let tls = SymbolKind(rawValue: STT_TLS)
    /// A function that returns the address of the function to use.
    package static let indirectFunction = SymbolKind(rawValue: STT_GNU_IFUNC)
}

/// Who can see a symbol at link time.
package struct SymbolBinding: RawRepresentable, Hashable, Sendable {
    /// The upper four bits of `st_info`.
    package let rawValue: UInt8

    /// Wraps the upper four bits of `st_info`.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Only its own object file.
    package static let local = SymbolBinding(rawValue: STB_LOCAL)
    /// Every object file.
    package static let global = SymbolBinding(rawValue: STB_GLOBAL)
    /// Every object file, unless there is a global definition.
    package static let weak = SymbolBinding(rawValue: STB_WEAK)
    /// Every object file, once per process.
    package static let unique = SymbolBinding(rawValue: STB_GNU_UNIQUE)
}

/// Who can see a symbol at run time.
package enum SymbolVisibility: UInt8, Hashable, Sendable {
    /// As the binding says.
    case `default` = 0
    /// As hidden; reserved for a processor's own use.
    case `internal` = 1
    /// Only its own program or library.
    case hidden = 2
    /// Everyone, but its own library always uses its own definition.
    case protected = 3
}

/// Where a symbol is defined.
package enum SymbolPlace: Hashable, Sendable {
    /// In another file.
    case undefined
    /// Nowhere: its value is a number.
    case absolute
    /// Where the linker will put it; its value is the alignment.
    case common
    /// In a section.
    case section(SectionIndex)
    /// As a special index says that has no meaning on x86-64 Linux.
    case reserved(UInt16)
}
