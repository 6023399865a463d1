// SPDX-License-Identifier: Apache-2.0

/// Turns a fix into objects in a build root, whatever kind of source filled it.
struct FixBuilder: Sendable {
    var place: Workplace
    /// How source files are compiled.
    var commands: UnitCommands

    /// The objects of a fix.
    struct Result: Sendable {
        /// The units whose code or data differ.
        var units: [UnitObjects]
        /// The sources of the units that the fix reaches and leaves as they are.
        var unchanged: [String]
        var compiler: String
    }

    func build(_ touched: [TouchedFile]) async throws(BuildError) -> Result {
        let reached = try await UnitReach(place: place, commands: commands).units(of: touched)
        let tree = try FixedTree(place: place, touched: touched)
        let compiler = place.compiler
        func jobs(_ units: [UnitCandidate], _ options: [String]) -> [UnitCompiler.Job] {
            units.map {
                // An assembler knows none of the options, and puts functions where the source says.
                UnitCompiler.Job(
                    source: $0.source, command: $0.command, extraOptions: $0.command.isAssembler ? [] : options,
                    fix: nil, dumpsStatements: !options.isEmpty && !$0.command.isAssembler)
            }
        }

        // Each step leaves fewer units for the next one: those that are read otherwise, those whose objects differ.
        let changed = try await tree.compile(reached)
        let sectioned = jobs(changed, UnitCompiler.sectioning)
        try await compiler.compile(sectioned)
        var different: [(unit: UnitCandidate, job: UnitCompiler.Job)] = []
        for (unit, job) in zip(changed, sectioned) {
            let (unfixed, fixed) = (try compiler.object(job), try compiler.object(tree.job(unit)))
            if !ObjectCode.areEqual(unfixed, fixed) { different.append((unit, job)) }
        }
        let plain = jobs(different.map(\.unit), [])
        try await compiler.compile(plain)

        var units: [UnitObjects] = []
        for (plain, (unit, sectioned)) in zip(plain, different) {
            let fixed = tree.job(unit)
            units.append(
                UnitObjects(
                    source: unit.source, compileCommand: unit.command.words, plain: try compiler.object(plain),
                    sectioned: try compiler.object(sectioned), fixed: try compiler.object(fixed),
                    statements: .init(
                        unfixed: try compiler.statements(sectioned), fixed: try compiler.statements(fixed)),
                    isAssembler: unit.command.isAssembler))
        }
        let remaining = Set(units.map(\.source))
        let unchanged = Set(reached.units.map(\.source)).subtracting(remaining).sorted()
        guard let first = reached.units.first else { throw .unitNotCompiled(touched[0].path) }
        return Result(
            units: units, unchanged: unchanged, compiler: try await compiler.identity(of: first.command.compiler))
    }
}
