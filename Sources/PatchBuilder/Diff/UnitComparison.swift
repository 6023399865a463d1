// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension UnitDiff {
    /// Compares two builds of a unit, both with function and data sections.
    ///
    /// - Throws: ``PatchRefusal`` for a change that a live patch cannot express.
    init(from original: UnitObject, to fixed: UnitObject) throws(PatchRefusal) {
        self.init(original: original, fixed: fixed)
        try requireEqualUnsupportedSections()
        data = try DataCorrelation.changes(from: original, to: fixed)
        try compareCode()
        includeParentsOfColdParts()
    }

    private mutating func compareCode() throws(PatchRefusal) {
        let before = original.codeByName()
        let after = fixed.codeByName()
        added = Set(after.keys).subtracting(before.keys)
        removed = Set(before.keys).subtracting(after.keys)
        var naming = DataNaming()
        for case (let section, .existing(let partner)) in data { naming.pair(section, with: partner) }
        for (name, section) in after {
            guard let partner = before[name] else { continue }
            let isEqual =
                try fixed.contents(of: section, naming: naming.fixed)
                == original.contents(of: partner, naming: naming.original)
            if !isEqual { changed.insert(name) }
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

    /// What a patch cannot carry must be the same in both builds.
    private func requireEqualUnsupportedSections() throws(PatchRefusal) {
        let before = original.unsupportedContents()
        let after = fixed.unsupportedContents()
        for name in Set(before.keys).union(after.keys).sorted() where before[name]?.contents != after[name]?.contents {
            guard let kind = (after[name] ?? before[name])?.kind else { continue }
            throw .unsupportedChange(unit: fixed.source, section: name, kind: kind)
        }
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

    /// The sections that a patch cannot carry, by name.
    fileprivate func unsupportedContents() -> [String: (kind: UnsupportedContent, contents: [[UInt8]])] {
        var contents: [String: (kind: UnsupportedContent, contents: [[UInt8]])] = [:]
        for section in object.sections {
            guard case .unsupported(let kind) = role(section.index) else { continue }
            contents[section.name, default: (kind, [])].contents.append(Array(section.contents))
        }
        return contents
    }
}
