// SPDX-License-Identifier: Apache-2.0

/// Functions in the order in which an author wants to read them: those that the fix changes, what is new behind these, as the
/// helpers of a header that are used for the first time, and then those that only call one of them.
struct NameList {
    /// How many calls lead to what only one build has from what both have.
    private var distances: [String: Int] = [:]

    /// More names are only counted.
    private static let limit = 4

    /// A list for units of one patch.
    init(for units: [SemanticComparison]) {
        for unit in units {
            var next = unit.names.filter {
                unit.onlyBuild(of: $0) == nil && unit.original.functions[$0] != unit.fixed.functions[$0]
            }
            var distance = 0
            while !next.isEmpty {
                let names = next.filter { distances[$0] == nil }
                for name in names { distances[name] = distance }
                next = names.flatMap { unit.original.callees(of: $0).union(unit.fixed.callees(of: $0)) }
                    .filter { unit.onlyBuild(of: $0) != nil }
                distance += 1
            }
        }
    }

    /// The names, each once.
    func ordered(_ names: [String]) -> [String] {
        func distance(_ name: String) -> Int { distances[name] ?? .max }
        return names.uniqued().enumerated().sorted {
            (distance($0.element), $0.offset) < (distance($1.element), $1.offset)
        }.map(\.element)
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
