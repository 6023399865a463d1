// SPDX-License-Identifier: Apache-2.0

import LivePatch
import PatchBuilder
import TestSupport
import Testing

/// Object files are foreign bytes: whatever is in them, the builder refuses or builds, and never traps.
@Suite struct MutatedObjectTests {
    private static let original = """
        #include <string.h>
        static int counter; static const char *const names[] = {"one", "two"};
        __attribute__((noinline)) static int own(int *x) { return (*x)++ * 31; }
        int f(int x) { switch (x) { case 0: return own(&x); case 1: return counter++; case 2: return 7 * own(&x);
            case 3: return (int)strlen(names[x & 1]); case 4: return own(&x) - 9; } return 0; }
        """
    private static let fixed = original.replacing("return 0;", with: "return counter + own(&x);")

    @Test func `mutated object files never trap the builder`() throws {
        let (unit, target) = try CompiledFix(original: Self.original, fixed: Self.fixed).compiled()
        try mutate(unit, target, PatchOptions(level: 1, fixes: [], revertHazards: [], compiler: "gcc"), rounds: 1500)
    }

    @Test func `nor do those of assembler`() throws {
        let source =
            AssemblerFixTests.source.replacing("$1234", with: "limit(%rip)") + "\n" + AssemblerFixTests.table
            + "\n.data\nlimit: .long 7\n.section .data.rel.ro\n.quad twice, choose\n"
        let fix = AssemblerFix(original: source, fixed: source.replacing("addl $1", with: "addl $2"))
        let (unit, target) = try fix.assembled()
        let options = PatchOptions(level: 1, fixes: [], revertHazards: [], waivers: fix.waivers, compiler: "gcc")
        try mutate(unit, target, options, rounds: 1500)
    }

    private func mutate(_ unit: UnitObjects, _ target: TargetFile, _ options: PatchOptions, rounds: Int) throws {
        _ = try PatchAssembly.artefact(from: [unit], targets: [target], options: options)
        var random = SeededGenerator(seed: SeededGenerator.seed)
        for round in 0..<rounds {
            var mutated = unit
            var shipped = target
            switch round % 4 {
            case 0:
                mutated.plain.mutate(with: &random)
                if unit.isAssembler { mutated.sectioned = mutated.plain }
            case 1: mutated.sectioned.mutate(with: &random)
            case 2: mutated.fixed.mutate(with: &random)
            default: shipped.bytes.mutate(with: &random)
            }
            do throws(PatchRefusal) {
                _ = try PatchAssembly.artefact(from: [mutated], targets: [shipped], options: options)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}

extension [UInt8] {
    /// Changes a few bytes, most of them near the end, where the tables of an object file are.
    fileprivate mutating func mutate(with random: inout SeededGenerator) {
        for _ in 0...Int.random(in: 0..<3, using: &random) {
            let fromEnd = Bool.random(using: &random) ? count : Swift.min(count, 2600)
            self[Int.random(in: count - fromEnd..<count, using: &random)] =
                Bool.random(using: &random) ? 0xff : UInt8.random(in: 0...255, using: &random)
        }
    }
}
