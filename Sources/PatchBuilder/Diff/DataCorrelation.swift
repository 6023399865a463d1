// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Finds, for each datum of the fixed unit, the same datum of the unfixed one.
///
/// A compiler numbers static locals (`buffer.3`) and the strings of `__func__` anew in every build, so names alone do
/// not tell. Constants are equal if their contents are; variables are paired by name, and by the functions that use
/// them where one name stands for several.
struct DataCorrelation {
    private let original: UnitObject
    private let fixed: UnitObject
    /// What has been found so far.
    private var naming = DataNaming()
    private var kept: [KeptDatum] = []

    private init(original: UnitObject, fixed: UnitObject) {
        self.original = original
        self.fixed = fixed
    }

    /// What each data section of the fixed unit is to the target, and which of them the target keeps although they differ.
    ///
    /// - Throws: ``PatchRefusal/ambiguousVariable(unit:symbol:)``.
    static func changes(
        from original: UnitObject, to fixed: UnitObject
    ) throws(PatchRefusal) -> (changes: [SectionIndex: DataChange], kept: [KeptDatum]) {
        var correlation = DataCorrelation(original: original, fixed: fixed)
        try correlation.pairVariables(.variable)
        try correlation.pairVariables(.threadLocal)
        correlation.pairConstantsByName()
        try correlation.dropDifferentPairs()
        try correlation.pairConstantsByContents()
        let changes = try correlation.changes()
        return (changes, correlation.kept)
    }

    /// Variables: one name on each side, else one name and one set of users on each side, in order of their numbers.
    private mutating func pairVariables(_ role: SectionRole) throws(PatchRefusal) {
        let before = groups(of: original, role: role, name: FunctionName.stem)
        let after = groups(of: fixed, role: role, name: FunctionName.stem)
        for (key, mine) in after.sorted(by: { $0.key < $1.key }) {
            let theirs = before[key] ?? []
            if mine.count == 1, theirs.count == 1 {
                naming.pair(mine[0], with: theirs[0])
            } else if !theirs.isEmpty {
                try pairByUsers(mine, theirs)
            }
        }
    }

    /// Several variables of one name: those without a partner are new only if no old one is left over.
    private mutating func pairByUsers(_ mine: [SectionIndex], _ theirs: [SectionIndex]) throws(PatchRefusal) {
        var before = Dictionary(grouping: theirs) { original.users(of: $0) }
        for (users, group) in Dictionary(grouping: mine, by: { fixed.users(of: $0) }) {
            guard let candidates = before[users], candidates.count == group.count else { continue }
            for (mine, theirs) in zip(group, candidates) { naming.pair(mine, with: theirs) }
            before[users] = nil
        }
        if let unpaired = mine.first(where: { naming.pairs[$0] == nil }), !before.isEmpty {
            throw .ambiguousVariable(unit: fixed.source, symbol: fixed.name(of: unpaired))
        }
    }

    private mutating func pairConstantsByName() {
        let before = groups(of: original, role: .constant) { $0 }
        for (key, mine) in groups(of: fixed, role: .constant, name: { $0 }) {
            guard let theirs = before[key], mine.count == 1, theirs.count == 1 else { continue }
            naming.pair(mine[0], with: theirs[0])
        }
    }

    /// Drops pairs of constants whose contents differ, until all that are left are equal.
    private mutating func dropDifferentPairs() throws(PatchRefusal) {
        var dropped = true
        while dropped {
            dropped = false
            for (mine, theirs) in naming.pairs where fixed.role(mine) == .constant {
                guard try !areEqual(mine, theirs) else { continue }
                naming.unpair(mine)
                dropped = true
            }
        }
    }

    /// Constants without a partner of their name, such as the numbered `__func__`: any equal one of that stem will do.
    private mutating func pairConstantsByContents() throws(PatchRefusal) {
        let before = groups(of: original, role: .constant, name: FunctionName.stem)
        for (key, mine) in groups(of: fixed, role: .constant, name: FunctionName.stem) {
            for section in mine where naming.pairs[section] == nil {
                for candidate in before[key] ?? [] where try areEqual(section, candidate) {
                    naming.pair(section, with: candidate)
                    break
                }
            }
        }
    }

    private mutating func changes() throws(PatchRefusal) -> [SectionIndex: DataChange] {
        var changes: [SectionIndex: DataChange] = [:]
        for section in fixed.object.sections where fixed.isNamedData(section.index) {
            let name = fixed.name(of: section.index)
            guard let partner = naming.pairs[section.index] else {
                changes[section.index] = change(ofUnpaired: section.index, name: name)
                continue
            }
            if fixed.role(section.index) == .variable, try !areEqual(section.index, partner) {
                kept.append(KeptDatum(fixed: section.index, original: partner))
            }
            changes[section.index] = .existing(partner)
        }
        return changes
    }

    private mutating func change(ofUnpaired section: SectionIndex, name: String) -> DataChange {
        // A numbered name is the compiler's, and says nothing: `__func__.6` may be another function's in each build.
        let namesake = original.object.sections.first {
            original.isNamedData($0.index) && original.name(of: $0.index) == name && FunctionName.stem(name) == name
        }
        guard let namesake, fixed.role(section) == .constant else { return .added }
        guard fixed.owners[section.rawValue].allSatisfy({ $0.binding == .local }) else {
            kept.append(KeptDatum(fixed: section, original: namesake.index))
            return .existing(namesake.index)
        }
        return .changedConstant(namesake.index)
    }

    private func areEqual(_ mine: SectionIndex, _ theirs: SectionIndex) throws(PatchRefusal) -> Bool {
        try fixed.contents(of: mine, naming: naming.fixed) == original.contents(of: theirs, naming: naming.original)
    }

    /// The data sections of one role by the name that `name` makes of their symbol's, in order of their indices.
    private func groups(
        of unit: UnitObject, role: SectionRole, name: (String) -> String
    ) -> [String: [SectionIndex]] {
        let sections = unit.object.sections.map(\.index).filter { unit.isNamedData($0) && unit.role($0) == role }
        return Dictionary(grouping: sections) { name(unit.name(of: $0)) }
    }
}
