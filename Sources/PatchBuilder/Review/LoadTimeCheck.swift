// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Finds what a patch comes too late for: what is done when a file is loaded, and when a thread begins.
struct LoadTimeCheck: SafetyCheck {
    func findings(in unit: PatchUnit) throws(PatchRefusal) -> [Finding] {
        try constructors(of: unit) + threadLocals(of: unit)
    }

    /// Constructors and destructors that the fix adds, removes or reorders, and those whose code it changes.
    private func constructors(of unit: PatchUnit) throws(PatchRefusal) -> [Finding] {
        let before = try unit.diff.original.constructors()
        let after = try unit.diff.fixed.constructors()
        var facts: [String: String] = [:]
        for name in Set(before).union(after) {
            switch (before.contains(name), after.contains(name)) {
            case (false, true): facts[name] = "runs at load or unload only in the fixed source"
            case (true, false): facts[name] = "runs at load or unload only in the unfixed source"
            default:
                guard unit.diff.changed.contains(name) else { continue }
                facts[name] = "runs at load or unload, and its code differs"
            }
        }
        for (resolver, symbol) in unit.diff.fixed.resolvers() where unit.diff.changed.contains(resolver) {
            facts[resolver] = "chooses \(symbol) once in each process (ifunc), and its code differs"
        }
        let sections = try unit.diff.differentSections { $0 == .constructors }
        if facts.isEmpty, let section = sections.first {
            return [
                Finding(
                    rule: .changedConstructor, weight: .blocking, unit: unit.source, symbols: [section.name],
                    facts: ["the order or the priority of functions in \(section.name) differs"])
            ]
        }
        return facts.sorted { $0.key < $1.key }.map { name, fact in
            Finding(
                rule: .changedConstructor, weight: .blocking, unit: unit.source, symbols: [name], facts: [fact])
        }
    }

    private func threadLocals(of unit: PatchUnit) throws(PatchRefusal) -> [Finding] {
        try unit.diff.differentSections { $0 == .threadLocal }.map { section in
            let before = unit.diff.original.object.section(named: section.name)
            let after = unit.diff.fixed.object.section(named: section.name)
            let name =
                after.map { unit.diff.fixed.variable(in: $0) } ?? before.map { unit.diff.original.variable(in: $0) }
            let fact =
                switch (before, after) {
                case (nil, _): "only in the fixed source"
                case (_, nil): "only in the unfixed source"
                case (let before?, let after?):
                    before.size == after.size
                        ? "another initial value" : "size: \(before.size) → \(after.size) bytes"
                }
            return Finding(
                rule: .changedThreadLocal, weight: .blocking, unit: unit.source, symbols: [name ?? section.name],
                facts: [fact])
        }
    }
}

extension UnitObject {
    /// The functions that run when the file is loaded or unloaded, in the order of their sections.
    fileprivate func constructors() throws(PatchRefusal) -> [String] {
        var names: [String] = []
        for section in object.sections where role(section.index) == .unsupported(.constructors) {
            for relocation in relocations[section.index.rawValue] {
                let reference = try reference(of: relocation, in: section.index)
                // With function sections, a section symbol is the one function's.
                names.append(reference.symbol.isEmpty ? reference.section.map(name) ?? "" : reference.symbol)
            }
        }
        return names
    }

    /// The functions that choose others (`STT_GNU_IFUNC`), and for what name.
    fileprivate func resolvers() -> [(resolver: String, symbol: String)] {
        object.symbols.filter { $0.kind == .indirectFunction }.compactMap { symbol in
            guard case .section(let holder) = symbol.place, owners.indices.contains(holder.rawValue) else { return nil }
            return owners[holder.rawValue].first { $0.value == symbol.value }.map { ($0.name, symbol.name) }
        }
    }

    /// The name of the thread-local variable that a section holds.
    fileprivate func variable(in section: Section) -> String {
        object.symbols.first { $0.kind == .tls && $0.place == .section(section.index) }?.name ?? section.name
    }
}
