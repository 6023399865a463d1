// SPDX-License-Identifier: Apache-2.0

import LivePatch
import TestSupport

@testable import PatchBuilder

/// Two texts of one unit, compiled as the builder does, and what the comparison of their types finds.
struct TypeFix {
    var compiler = "gcc"
    var options: [String] = ["-O2"]
    /// What stands before the functions in the unfixed text.
    var before: String
    /// What stands there in the fixed text.
    var after: String
    /// The functions of both; `FIX` is 0 in the unfixed text and 1 in the fixed one.
    var code: String

    /// The differing types with their facts, the facts in order.
    func changes() throws -> [String: [TypeDifference]] {
        var comparison = try UnitTypeComparison(try diff())
        return Dictionary(
            uniqueKeysWithValues: try comparison.changes().map { ($0.change.title, $0.change.differences) })
    }

    /// The functions of the patch that reach each differing type.
    func reach() throws -> [String: [String]] {
        var comparison = try UnitTypeComparison(try diff())
        return Dictionary(uniqueKeysWithValues: try comparison.changes().map { ($0.change.title, $0.functions) })
    }

    func diff() throws -> UnitDiff {
        try UnitDiff(from: object(before, fixed: false), to: object(after, fixed: true))
    }

    private func object(_ declarations: String, fixed: Bool) throws -> UnitObject {
        let directory = try TemporaryDirectory()
        try directory.write("#define FIX \(fixed ? 1 : 0)\n" + declarations + "\n" + code, to: "unit.c")
        let command = try Command(
            compiler, options + UnitCompiler.sectioning + ["-c", "unit.c", "-o", "unit.o"], in: directory.url)
        guard command.status == 0 else { throw CommandFailure(description: command.errors) }
        return try UnitObject(source: "unit.c", bytes: try directory.read("unit.o"))
    }
}
