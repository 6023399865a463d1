// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// One unit's facts in its two builds, and which of its functions a patch replaces.
struct SemanticComparison {
    let diff: UnitDiff
    let original: UnitFacts
    let fixed: UnitFacts
    /// The functions whose code differs, by the names of the source, those inlined into them not included.
    let patched: Set<String>

    var source: String { diff.fixed.source }

    /// Reads what the compiler wrote down of both builds.
    ///
    /// - Throws: ``GimpleError``.
    init(_ diff: UnitDiff, _ statements: UnitObjects.Statements) throws(GimpleError) {
        guard let unfixedText = statements.unfixed, let fixedText = statements.fixed else { throw .noStatements }
        self.diff = diff
        original = UnitFacts(
            dump: try GimpleDump(parsing: unfixedText), object: diff.original, types: try Self.types(of: diff.original))
        fixed = UnitFacts(
            dump: try GimpleDump(parsing: fixedText), object: diff.fixed, types: try Self.types(of: diff.fixed))
        patched = try original.names(ofCode: diff.changed.union(diff.removed))
            .union(try fixed.names(ofCode: diff.changed.union(diff.added)))
    }

    private static func types(of unit: UnitObject) throws(GimpleError) -> RecordTypes {
        do throws(ELFError) {
            return RecordTypes(try UnitTypes(reading: try DebugInformation(of: unit.object)))
        } catch {
            throw .noTypes("\(error)")
        }
    }

    /// The build that alone has a function; nil if both have it, or none.
    func onlyBuild(of name: String) -> UnitFacts? {
        switch (original.functions[name], fixed.functions[name]) {
        case (nil, nil), (.some, .some): nil
        case (.some, nil): original
        case (nil, .some): fixed
        }
    }

    /// Whether a function's own statements differ; one that only one build has counts as its callers'.
    func differsItself(_ name: String) -> Bool {
        if let build = onlyBuild(of: name) { return build.exported.contains(name) || build.callers(of: name).isEmpty }
        let before = original.functions[name]
        let after = fixed.functions[name]
        return before?.writes != after?.writes || before?.calls != after?.calls
            || before?.assembly != after?.assembly
    }

    /// The functions that do something else than before, by themselves or through helpers, sorted.
    func affectedNames() -> [String] {
        var affected: Set<String> = []
        var pending = names.filter { original.functions[$0] != fixed.functions[$0] }
        while let next = pending.popLast() {
            guard affected.insert(next).inserted else { continue }
            pending += original.callers(of: next).union(fixed.callers(of: next))
        }
        return affected.sorted()
    }

    /// The functions that are in either build, sorted.
    var names: [String] { Set(original.functions.keys).union(fixed.functions.keys).sorted() }
}
