// SPDX-License-Identifier: Apache-2.0

/// The sections of an ELF file that hold debugging information, as far as this module reads them.
struct DebugSections: Sendable {
    /// Units: `.debug_info` and, of version 4's type units, `.debug_types`.
    var units = DebugSection()
    /// How entries are laid out.
    var abbreviations = DebugSection()
    /// Texts.
    var strings = DebugSection()
    /// Texts that line tables share.
    var lineStrings = DebugSection()
    /// Offsets of texts, for forms that say an index.
    var stringOffsets = DebugSection()
    /// Addresses, for forms that say an index.
    var addresses = DebugSection()
    /// Range lists up to version 4.
    var ranges = DebugSection()
    /// Range lists from version 5 on.
    var rangeLists = DebugSection()

    private static let names: [String: any WritableKeyPath<DebugSections, DebugSection> & Sendable] = [
        ".debug_info": \.units, ".debug_types": \.units, ".debug_abbrev": \.abbreviations, ".debug_str": \.strings,
        ".debug_line_str": \.lineStrings, ".debug_str_offsets": \.stringOffsets, ".debug_addr": \.addresses,
        ".debug_ranges": \.ranges, ".debug_rnglists": \.rangeLists,
    ]

    /// Collects the sections and applies their relocations.
    ///
    /// - Throws: `ELFError.compressed` for a compressed section, and `ELFError` for relocations that cannot be applied.
    init(of file: ObjectFile) throws(ELFError) {
        var starts: [SectionIndex: Int] = [:]
        // Version 4's type units come last, so that offsets into `.debug_info` are the same in the whole.
        let sections =
            file.sections.filter { $0.name != ".debug_types" } + file.sections.filter { $0.name == ".debug_types" }
        for section in sections {
            // GNU's older way to compress renames the section.
            if section.name == ".zdebug_info" { throw .compressed(.section(section.index, name: section.name)) }
            guard let purpose = Self.names[section.name] else { continue }
            guard !section.flags.contains(.compressed) else {
                throw .compressed(.section(section.index, name: section.name))
            }
            starts[section.index] = self[keyPath: purpose].append(section)
        }
        // A linker has applied what it kept with --emit-relocs.
        guard file.header.type == .relocatable else { return }
        for section in sections {
            guard let purpose = Self.names[section.name], let start = starts[section.index] else { continue }
            try self[keyPath: purpose].relocate(section, from: start, in: file, starts: starts)
        }
    }
}

extension DebugSection {
    /// Applies the relocations of one of the sections.
    fileprivate mutating func relocate(
        _ section: Section, from start: Int, in file: ObjectFile, starts: [SectionIndex: Int]
    ) throws(ELFError) {
        let part = ELFError.Part.section(section.index, name: section.name)
        for relocation in try file.relocations(of: section.index) {
            guard relocation.type != .none else { continue }
            guard let width = relocation.type.debugFieldWidth else {
                throw .unsupportedRelocation(part, offset: relocation.offset, type: relocation.type)
            }
            let size = UInt64(section.contents.count)
            guard relocation.offset <= size, UInt64(width) <= size - relocation.offset else {
                throw .truncated(part, offset: relocation.offset, needed: UInt64(width), available: size)
            }
            let position = start + Int(relocation.offset)
            let symbol = file.symbols[relocation.symbol.rawValue]
            let value = symbol.value &+ UInt64(bitPattern: relocation.addend)
            guard case .section(let target) = symbol.place else {
                note(.symbol(relocation.symbol, addend: relocation.addend), at: position)
                continue
            }
            if let start = starts[target] {
                store(value &+ UInt64(start), at: position, count: width)
            } else {
                note(.section(target, offset: value), at: position)
            }
        }
        sortAddresses()
    }
}

extension RelocationType {
    /// The size of the field in debugging information that a relocation of this type fills, or nil if none does.
    fileprivate var debugFieldWidth: Int? {
        switch self {
        case .absolute64, .tlsModuleOffset64, .tlsThreadOffset64, .size64: 8
        case .absolute32, .absolute32Signed, .tlsModuleOffset32, .tlsThreadOffset32, .size32: 4
        default: nil
        }
    }
}
