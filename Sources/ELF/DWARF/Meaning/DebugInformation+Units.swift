// SPDX-License-Identifier: Apache-2.0

/// A source file as a compiler was given it.
package struct CompilationUnit: Hashable, Sendable {
    /// The source's name, as the compiler was told it.
    package var name: String
    /// The compiler with its version and options, in its own words.
    package var producer: String
    /// The language, `DW_LANG_…`; 0 if it is not said.
    package var language: UInt64
    /// The folder in which the compiler ran.
    package var directory: String
    /// Whether the rest of the information is in another file (`-gsplit-dwarf`).
    package var isSkeleton: Bool
}

extension DebugInformation {
    /// The compilation units; type units and units that others import are none.
    package func compilationUnits() throws(ELFError) -> [CompilationUnit] {
        var result: [CompilationUnit] = []
        for case let root? in index.roots() {
            guard [.compile_unit, .skeleton_unit].contains(index.entries[root].tag) else { continue }
            let attributes = try attributes(of: root)
            let header = index.units[index.entries[root].unit]
            result.append(
                CompilationUnit(
                    name: try text(.name, of: attributes, at: root) ?? "",
                    producer: try text(.producer, of: attributes, at: root) ?? "",
                    language: attributes.unsigned(.language) ?? 0,
                    directory: try text(.comp_dir, of: attributes, at: root) ?? "",
                    // GNU's form of split information, before version 5, is told by its attributes.
                    isSkeleton: header.isSkeleton || attributes[.GNU_dwo_name] != nil || attributes[.dwo_name] != nil))
        }
        return result
    }

    /// Where a unit's numbered things begin, as its first entry says.
    func unitBases(_ root: Int) throws(ELFError) -> UnitBases {
        let attributes = try attributes(of: root)
        var bases = UnitBases()
        bases.texts = attributes.unsigned(.str_offsets_base) ?? 0
        bases.addresses = attributes.unsigned(.addr_base) ?? attributes.unsigned(.GNU_addr_base) ?? 0
        bases.lists = attributes.unsigned(.rnglists_base) ?? attributes.unsigned(.GNU_ranges_base) ?? 0
        switch attributes[.low_pc] {
        case .address(let value, let field)?: bases.code = sections.units.address(at: field) ?? .absolute(value)
        case .numberedAddress(let number)?: bases.numberedCode = number
        default: break
        }
        return bases
    }
}

extension DebugEntryIndex {
    /// The first entry of each unit; nil for a unit without entries.
    func roots() -> [Int?] {
        var roots: [Int?] = Array(repeating: nil, count: units.count)
        for (index, entry) in entries.enumerated() where entry.parent < 0 {
            if roots[entry.unit] == nil { roots[entry.unit] = index }
        }
        return roots
    }
}
