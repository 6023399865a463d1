// SPDX-License-Identifier: Apache-2.0

/// Functions in the order in which an author wants to read them: those that the fix itself changes, and then those that
/// do something else because of these, as the helpers of a header and their callers.
struct NameList {
    private let changed: Set<String>

    /// More names are only counted.
    private static let limit = 4

    /// A list for units of one patch.
    init(for units: [SemanticComparison]) {
        changed = Set(units.flatMap { unit in unit.names.filter { unit.original.functions[$0] != unit.fixed.functions[$0] } })
    }

    /// The names, each once.
    func ordered(_ names: [String]) -> [String] {
        let names = names.uniqued()
        return names.filter(changed.contains) + names.filter { !changed.contains($0) }
    }

    /// The first names and the number of the others.
    func text(_ names: [String]) -> String {
        let names = ordered(names)
        let others = names.count - Self.limit
        // To count a single one would take as much room as its name.
        guard others > 1 else { return names.joined(separator: ", ") }
        return names.prefix(Self.limit).joined(separator: ", ") + " and \(others) others"
    }
}
