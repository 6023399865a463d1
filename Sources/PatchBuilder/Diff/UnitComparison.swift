// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension UnitDiff {
    /// Compares two builds of a unit, both with function and data sections.
    ///
    /// - Throws: ``PatchRefusal`` for a change that a live patch cannot express.
    init(from original: UnitObject, to fixed: UnitObject) throws(PatchRefusal) {
        self.init(original: original, fixed: fixed)
        guard !fixed.isAssembler else {
            data = try AssemblerData.changes(from: original, to: fixed)
            try requireEqualUnsupportedSections()
            try compareAssembler(naming)
            return
        }
        (data, keptData) = try DataCorrelation.changes(from: original, to: fixed)
        try requireEqualUnsupportedSections()
        try compareCode()
        includeParentsOfColdParts()
    }

    private mutating func compareCode() throws(PatchRefusal) {
        let before = original.codeByName()
        let after = fixed.codeByName()
        added = Set(after.keys).subtracting(before.keys)
        removed = Set(before.keys).subtracting(after.keys)
        let naming = naming
        let handlers = (
            before: try original.exceptionTables(naming: naming.original),
            after: try fixed.exceptionTables(naming: naming.fixed)
        )
        for (name, section) in after {
            guard let partner = before[name] else { continue }
            let new = try fixed.contents(of: section, naming: naming.fixed)
            let old = try original.contents(of: partner, naming: naming.original)
            // The same code may have other handlers: `catch (int)` for `catch (long)`.
            guard handlers.before[partner] == handlers.after[section] else {
                changed.insert(name)
                continue
            }
            guard old != new, try !SourcePositions(original: old, fixed: new).areAllThatDiffers() else { continue }
            changed.insert(name)
        }
    }

    /// A cold part is reached only from its function, so that a change in it replaces the function.
    private mutating func includeParentsOfColdParts() {
        for name in changed.union(added).union(removed) {
            guard let parent = FunctionName(name).parent, !added.contains(parent), !removed.contains(parent) else {
                continue
            }
            changed.insert(parent)
        }
    }

    /// What a patch cannot carry must be the same in both builds; what is made when the file is loaded, or a thread
    /// begins, is left to the review.
    private func requireEqualUnsupportedSections() throws(PatchRefusal) {
        let sections = try differentSections { kind in kind != .threadLocal && kind != .constructors }
        guard let (name, kind) = sections.first else { return }
        throw .unsupportedChange(unit: fixed.source, section: name, kind: kind)
    }

    /// The sections that a patch cannot carry and that differ, of some kinds, by name.
    func differentSections(
        where isWanted: (UnsupportedContent) -> Bool
    ) throws(PatchRefusal) -> [(name: String, kind: UnsupportedContent)] {
        let before = try original.unsupportedContents(where: isWanted, naming: naming.original)
        let after = try fixed.unsupportedContents(where: isWanted, naming: naming.fixed)
        return Set(before.keys).union(after.keys).sorted().compactMap { name in
            guard before[name]?.contents != after[name]?.contents else { return nil }
            return (after[name] ?? before[name]).map { (name, $0.kind) }
        }
    }

    /// Names data so that the same datum has the same name in both builds.
    private var naming: DataNaming {
        var naming = DataNaming()
        for case (let section, .existing(let partner)) in data { naming.pair(section, with: partner) }
        return naming
    }
}

extension UnitObject {
    /// The code sections by the name of their function; code outside of functions by the section's name.
    func codeByName() -> [String: SectionIndex] {
        var byName: [String: SectionIndex] = [:]
        for section in object.sections where role(section.index) == .code {
            byName[name(of: section.index)] = section.index
        }
        return byName
    }

    /// The tables of exceptions of each code section that has some.
    fileprivate func exceptionTables(
        naming data: (SectionIndex) -> DatumName
    ) throws(PatchRefusal) -> [SectionIndex: SectionContents] {
        var tables: [SectionIndex: SectionContents] = [:]
        for entry in try CallFrames(of: self)?.entries ?? [] {
            guard let handlers = entry.handlers else { continue }
            tables[entry.code] = try contents(of: handlers, naming: data)
        }
        return tables
    }

    /// The sections that a patch cannot carry, by name.
    fileprivate func unsupportedContents(
        where isWanted: (UnsupportedContent) -> Bool, naming data: (SectionIndex) -> DatumName
    ) throws(PatchRefusal) -> [String: (kind: UnsupportedContent, contents: [SectionContents])] {
        var found: [String: (kind: UnsupportedContent, contents: [SectionContents])] = [:]
        for section in object.sections {
            guard let kind = role(section.index).unsupportedContent, isWanted(kind) else { continue }
            found[section.name, default: (kind, [])].contents.append(try contents(of: section.index, naming: data))
        }
        return found
    }
}
