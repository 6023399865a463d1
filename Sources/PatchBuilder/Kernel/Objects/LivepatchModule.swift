// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Makes a live patch of the module that the kernel's build has linked from a ``KernelPatchObject``.
///
/// Linkers know neither the symbols nor the relocations of the livepatch core, and would spoil them
/// (Documentation/livepatch/module-elf-format.rst): they are put into their sections last.
enum LivepatchModule {
    /// include/uapi/linux/elf.h: `SHN_LIVEPATCH`.
    static let symbolPlace: UInt16 = 0xff20
    /// include/uapi/linux/elf.h: `SHF_RELA_LIVEPATCH`.
    static let relocationFlag = SectionFlags(rawValue: 0x0010_0000)

    /// Rewrites a linked module.
    ///
    /// - Parameter bytes: the module.
    /// - Returns: the module that can be loaded, without debugging information.
    /// - Throws: ``KernelRefusal``.
    static func finished(_ bytes: [UInt8]) throws(KernelRefusal) -> [UInt8] {
        do throws(ELFError) {
            return try rewritten(try ObjectFile(parsing: bytes))
        } catch {
            throw .malformedModule(reason: "\(error)")
        }
    }

    private static func rewritten(_ object: ObjectFile) throws(ELFError) -> [UInt8] {
        var writer = ObjectWriter(type: .relocatable)
        var sections: [SectionIndex: SectionIndex] = [:]
        for section in object.sections where isKept(section) {
            sections[section.index] = writer.add(draft(of: section, sections))
        }
        var symbols: [SymbolReference?] = []
        var users: [String?] = []
        for symbol in object.symbols {
            let (reference, user) = add(symbol, sections, to: &writer)
            symbols.append(reference)
            users.append(user)
        }
        for section in object.sections {
            guard let index = sections[section.index] else { continue }
            for relocation in try object.relocations(of: section.index) {
                let position = relocation.symbol.rawValue
                guard let user = users[position], let symbol = symbols[position] else {
                    writer.addRelocation(
                        at: relocation.offset, of: index, type: relocation.type, symbol: symbols[position],
                        addend: relocation.addend)
                    continue
                }
                writer.addRelocation(
                    at: relocation.offset, of: index, type: relocation.type, symbol: symbol, addend: relocation.addend,
                    inTable: ".klp.rela.\(user).\(section.name)", flags: relocationFlag.union(.allocate))
            }
        }
        return try writer.write()
    }

    private static func isKept(_ section: Section) -> Bool {
        switch section.type {
        case .null, .symbolTable, .relocations, .extendedIndices, .group: return false
        case .stringTable: return section.flags.contains(.allocate)
        default: break
        }
        return section.flags.contains(.allocate) || !(section.name.hasPrefix(".debug") || section.name == ".comment")
    }

    private static func draft(of section: Section, _ sections: [SectionIndex: SectionIndex]) -> SectionDraft {
        guard section.type != .noBits else {
            return SectionDraft(
                name: section.name, flags: section.flags, alignment: section.alignment, zeroCount: section.size)
        }
        let link = sections[section.link].map { SectionDraft.Link.section($0) } ?? .none
        return SectionDraft(
            name: section.name, type: section.type, flags: section.flags, alignment: section.alignment,
            entrySize: section.entrySize, link: link, contents: Array(section.contents))
    }

    private static func add(
        _ symbol: Symbol, _ sections: [SectionIndex: SectionIndex], to writer: inout ObjectWriter
    ) -> (SymbolReference?, user: String?) {
        guard symbol.index != .null else { return (nil, nil) }
        var draft = SymbolDraft(
            name: symbol.name, value: symbol.value, size: symbol.size, kind: symbol.kind, binding: symbol.binding,
            visibility: symbol.visibility, place: symbol.place)
        var user: String?
        switch symbol.place {
        case .section(let holder):
            guard let index = sections[holder] else { return (nil, nil) }
            draft.place = .section(index)
        case .undefined:
            if let livepatch = LivepatchSymbol.user(ofDraft: symbol.name) {
                draft.name = livepatch.symbol
                draft.place = .reserved(symbolPlace)
                user = livepatch.user
            }
        case .absolute, .common, .reserved: break
        }
        return (writer.add(draft), user)
    }
}
