// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport
import Testing

@testable import PatchBuilder

/// The text that a compiler writes is foreign: what is unknown in it ends the reading with an error, and nothing traps.
@Suite struct GimpleDumpTests {
    static func function(_ statements: String) -> [UInt8] {
        Array(
            """

            ;; Function f (f, funcdef_no=0, decl_uid=1, cgraph_uid=1, symbol_order=0)

            int f (struct s * s)
            {
              int _1;
              <address-space-2> int * _2;

              <bb 2> :
              \(statements)
              return _1;

            }

            """.utf8)
    }

    @Test(arguments: [
        "_1 = s_2(D)->a;", "_1 ={v} s_2(D)->a;", "s_2(D)->a.b[_1].c = 3;", "_1 = MEM[(struct s *)s_2(D) + 8B].a;",
        "_1 = MEM <struct s> [(void *)s_2(D)].a;", "_1 = (int) _3;", "# _1 = PHI <_3(2), 0B(2)>", "GIMPLE_NOP",
        "# DEBUG s => s_2(D)", "// predicted unlikely", "f (&\"a;{\"[0], 2.5e+10, -1);", "x ={v} {CLOBBER(eol)};",
        "_1 = .VA_ARG (&x, 0B, 0B);", "_1 = g (s_2(D)); [static-chain: &FRAME.1]", "_1 = a ? s_2(D)->b : 0;",
        "_1 = BIT_FIELD_REF <*s_2(D), 8, 96>;", "VIEW_CONVERT_EXPR<int[4]>(r)[i_6(D)] = 3;", "<retval>.x = 3;",
        "REALPART_EXPR <s_2(D)->c> = 2.0e+0;", "(*a.9_31)[1][2] = _1;", "__builtin_unreachable ();",
        "if (_1 != 0)\n    goto <bb 2>; [INV]\n  else\n    goto <bb 2>; [50.00%]", "<L0>:", "lab:", "<D.2100>:",
        "switch (_1) <default: <L1> [INV], case 1 ... 3: <L1> [INV]>\n<L1>:", "goto _1;\n<bb 3> [local count: 1]:",
        "_1 = *(<address-space-2> int *)s_2(D);", "_1 ={v} MEM[(<address-space-2> struct s *)8B].a;",
    ])
    func `the forms of statements are known`(statement: String) throws {
        let dump = try GimpleDump(parsing: Self.function(statement))
        #expect(dump.functions.map(\.name) == ["f"])
        #expect(dump.functions[0].parameters == ["s"])
    }

    @Test func `assembler text leads to its labels, and on`() throws {
        let text = """
            __asm__ __volatile__ goto("nop # %l1 : goto(" : "=r" _1 : "i" 3 : "memory" : "out" out, "other" L.0);

              <bb 3> :
              _1 = 2;
              goto <bb 5>; [INV]

              <bb 4> :
            out:
              _1 = 3;

              <bb 5> :
            L.0:
            """
        let function = try #require(try GimpleDump(parsing: Self.function(text)).functions.first)
        #expect(function.blocks.map { Set($0.successors) } == [[3, 4, 5], [5], [5], []])
    }

    @Test func `assembler text must not lead to a label that is nowhere`() {
        let text = #"__asm__ __volatile__ goto("nop" :  :  :  : "out" out);"#
        #expect(throws: GimpleError.self) { try GimpleDump(parsing: Self.function(text)) }
    }

    @Test(arguments: [
        "s_2(D)->a <- 3;", "#pragma omp parallel", "transaction_begin ?;", "# UNKNOWN <x>", "_1 = 3 \u{7};",
        "goto 3;", "goto <bb 99>; [INV]", "switch (_1) nothing;", "_1 = \"open;", "s_2(D)->a = (3;",
        "_1 = BIT_FIELD_REF <*s_2(D), x, 96>;", "MEM <x = 2;", "[x] = 3;", "TARGET_MEM_REF",
    ])
    func `an unknown form is refused with its line`(statement: String) {
        let error = #expect(throws: GimpleError.self) { try GimpleDump(parsing: Self.function(statement)) }
        #expect(error?.description.contains("line") == true)
    }

    @Test func `a function without statements in the dump is no agreement`() throws {
        let fix = SemanticFix(text: "int f(int x) { return x + FIX * 17; } int g(int x) { return x; }")
        let (original, unfixed) = try fix.compiled(fixed: false)
        let (fixed, _) = try fix.compiled(fixed: true)
        let diff = try UnitDiff(from: original, to: fixed)
        #expect(throws: GimpleError.noStatements) {
            try SemanticComparison(diff, UnitObjects.Statements(unfixed: unfixed, fixed: nil))
        }
        #expect(throws: GimpleError.unknownFunction("f")) {
            try SemanticComparison(diff, UnitObjects.Statements(unfixed: unfixed, fixed: []))
        }
    }

    @Test func `mutated dumps never trap`() throws {
        let text =
            FunctionFactsTests.declarations
            + FunctionFactsTests.readings.enumerated().map { position, reading in
                reading.body.replacing("f(", with: "f\(position)(", maxReplacements: 1)
            }.joined(separator: "\n")
        let fix = SemanticFix(text: text, options: ["-O2", "-std=gnu11"])
        let (object, dump) = try fix.compiled(fixed: false)
        #expect(try GimpleDump(parsing: dump).functions.count == FunctionFactsTests.readings.count)
        let types = RecordTypes(try UnitTypes(reading: try DebugInformation(of: object.object)))
        var random = SeededGenerator(seed: SeededGenerator.seed)
        var read = 0
        for _ in 0..<300 {
            var mutated = dump
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let position = mutated.indices.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<4, using: &random) {
                case 0: mutated[position] = UInt8.random(in: 0...255, using: &random)
                case 1: mutated.removeSubrange(position..<min(mutated.count, position + 9))
                case 2: mutated.insert(contentsOf: mutated[position...].prefix(20), at: position)
                default: mutated[position] = "(){}[]<>;:=*&.,-\"\n".utf8.randomElement(using: &random) ?? 0
                }
            }
            if Int.random(in: 0..<20, using: &random) == 0 { mutated.removeLast(mutated.count / 2) }
            do throws(GimpleError) {
                let facts = UnitFacts(dump: try GimpleDump(parsing: mutated), object: object, types: types)
                for name in facts.functions.keys { _ = facts.accesses(of: name) }
                read += 1
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        #expect(read > 0)
    }
}
