// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The functions of a section of assembler by what leads into what, in either build: those of a group are replaced together.
struct AssemblerGroups {
    /// For each function, the function that stands for its group.
    private var leaders: [String: String] = [:]

    /// Joins what the builds join.
    ///
    /// - Parameters:
    ///   - codes: the section in both builds, or in the one that has it.
    ///   - isWhole: whether a table leads to places in the section.
    init(_ codes: [AssemblerCode], isWhole: Bool) {
        for code in codes {
            let functions = code.starts.indices.map(code.names)
            for name in functions.joined() { leaders[name] = leaders[name] ?? name }
            for names in functions { join(names) }
            for (one, other) in code.links { join(functions[one] + functions[other]) }
        }
        // Where a jump through a register goes is not known: anywhere in the section.
        if isWhole || codes.contains(where: \.hasOpenJumps) { join(leaders.keys.sorted()) }
    }

    /// The groups.
    var names: [Set<String>] {
        Dictionary(grouping: leaders.keys) { leader(of: $0) }.values.map(Set.init)
    }

    private mutating func join(_ names: [String]) {
        guard let first = names.first else { return }
        let leader = leader(of: first)
        for name in names { leaders[self.leader(of: name)] = leader }
    }

    private func leader(of name: String) -> String {
        var name = name
        while let next = leaders[name], next != name { name = next }
        return name
    }
}

extension AssemblerCode {
    /// The names of a function.
    func names(of position: Int) -> [String] {
        unit.owners[section.rawValue].filter { $0.value == starts[position] }.map(\.name)
    }

    /// The names of the functions that other ones lead to without a call.
    var namesOfContinued: Set<String> { Set(continued.flatMap(names)) }
}
