// SPDX-License-Identifier: Apache-2.0

import LivePatch
import TestSupport

@testable import PatchBuilder

/// A unit with and without a fix, compiled as the builder does, and what the comparison of its meaning finds.
struct SemanticFix {
    /// The unit's text; `FIX` is 0 in the unfixed text and 1 in the fixed one.
    var text: String
    var options: [String] = ["-O2"]
    /// What the unit is called.
    var source = "unit.c"

    /// What is found; the texts of several fixes are units of one patch.
    static func findings(_ fixes: [SemanticFix], declaresHazard: Bool = false) throws -> [Finding] {
        SemanticCheck(declaresRevertHazard: declaresHazard).findings(in: try fixes.map { try $0.comparison() })
    }

    func findings(declaresHazard: Bool = false) throws -> [Finding] {
        try Self.findings([self], declaresHazard: declaresHazard)
    }

    func comparison() throws -> SemanticComparison {
        let (original, unfixed) = try compiled(fixed: false)
        let (fixed, fixedText) = try compiled(fixed: true)
        return try SemanticComparison(
            UnitDiff(from: original, to: fixed), UnitObjects.Statements(unfixed: unfixed, fixed: fixedText))
    }

    /// The facts of the unfixed text.
    func facts() throws -> [String: FunctionFacts] { try comparison().original.functions }

    /// The object and the statements of one of the texts.
    func compiled(fixed: Bool) throws -> (UnitObject, [UInt8]) {
        let directory = try TemporaryDirectory()
        try directory.write("#define FIX \(fixed ? 1 : 0)\n" + text, to: "unit.c")
        let dump = GimpleDump.option(writingTo: directory.path("statements"))
        try compile(
            options + UnitCompiler.sectioning + ["-w", dump, "-c", "unit.c", "-o", "unit.o"], in: directory)
        return (
            try UnitObject(source: source, bytes: try directory.read("unit.o")), try directory.read("statements")
        )
    }
}

extension [Finding] {
    /// The findings of a rule as `weight: first symbol`.
    func titles(_ rule: Finding.Rule) -> [String] {
        filter { $0.rule == rule }.map { "\($0.weight): \($0.symbols.first ?? "")" }
    }
}
