// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PatchBuilder

/// Each way in which a type can change, and ways in which it does not.
@Suite struct TypeComparisonTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var before: String
        var after: String
        /// The worst kind for each type that differs.
        var kinds: [String: TypeDifference.Kind]
        /// Facts that must be among those found, word by word.
        var facts: [String] = []
        /// The type of the parameter of the function that changes.
        var type = "struct s"

        init(
            _ description: String, _ before: String, _ after: String, _ kinds: [String: TypeDifference.Kind],
            facts: [String] = [], type: String = "struct s"
        ) {
            testDescription = description
            (self.before, self.after, self.kinds, self.facts, self.type) = (before, after, kinds, facts, type)
        }
    }

    static let cases = [
        Case("nothing", "struct s { int a; long b; };", "struct s { int a; long b; };", [:]),
        Case(
            "member inserted", "struct s { short a; int b; };", "struct s { short a; int new_one; int b; };",
            ["struct s": .layout],
            facts: [
                "size: 12 bytes, was 8; objects that exist are smaller", "member b: offset 8, was 4 (4 bytes)",
                "member new_one: new at offset 4 (4 bytes), in the place of b",
            ]),
        Case(
            "grown at its end", "struct s { long a; };", "struct s { long a; long b; };", ["struct s": .layout],
            facts: ["member b: new at offset 8 (8 bytes), beyond the end of objects that exist"]),
        Case(
            "new member in padding", "struct s { long a; int b; };", "struct s { long a; int b; int c; };",
            ["struct s": .meaning],
            facts: ["member c: new at offset 12 (4 bytes), in what was padding; objects that exist lack it"]),
        Case(
            "members exchanged", "struct s { int a; int b; };", "struct s { int b; int a; };",
            ["struct s": .layout], facts: ["member a: offset 4, was 0 (4 bytes)"]),
        Case(
            "member replaced", "struct s { int a; int unused; };", "struct s { int a; int state; };",
            ["struct s": .meaning], facts: ["member state: new at offset 4 (4 bytes), was unused"]),
        Case(
            "member gone", "struct s { int a; char b; };", "struct s { int a; char : 8; };", ["struct s": .meaning],
            facts: ["member b: gone, was at offset 4 (1 byte)"]),
        Case(
            "bit field widened", "struct s { unsigned a : 3; unsigned b : 4; };",
            "struct s { unsigned a : 4; unsigned b : 4; };", ["struct s": .layout],
            facts: ["member a: 4 bits, was 3 bits", "member b: bit 4, was 3 (4 bits)"]),
        Case(
            "bit field becomes a byte", "struct s { unsigned char a : 1; unsigned char b : 1; };",
            "struct s { unsigned char a; unsigned char b; };", ["struct s": .layout],
            facts: ["member a: 8 bits, was 1 bit", "member b: offset 1, was bit 1 (1 byte)"]),
        Case(
            "packed", "struct s { char a; int b; };", "struct __attribute__((packed)) s { char a; int b; };",
            ["struct s": .layout], facts: ["member b: offset 1, was 4 (4 bytes)"]),
        Case(
            "signedness", "struct s { int a; };", "struct s { unsigned a; };", ["struct s": .meaning],
            facts: ["member a: unsigned int, was int"]),
        Case(
            "floating point", "struct s { int a; };", "struct s { float a; };", ["struct s": .meaning],
            facts: ["member a: float, was int"]),
        Case(
            "wider", "struct s { int a; int b; };", "struct s { long a; int b; };", ["struct s": .layout],
            facts: ["member a: 8 bytes, was 4 bytes"]),
        Case("atomic", "struct s { int a; };", "struct s { _Atomic int a; };", ["struct s": .spelling]),
        Case(
            "atomic structure", "struct s { int a; };",
            "typedef struct { int counter; } atomic_t; struct s { atomic_t a; };",
            ["struct s": .spelling], facts: ["member a: atomic_t, was int"]),
        Case("const", "struct s { char *a; };", "struct s { const char *a; };", ["struct s": .spelling]),
        Case(
            "another name", "struct s { int a; };", "typedef int number; struct s { number a; };",
            ["struct s": .spelling]),
        Case(
            "alias of another type", "typedef int number; struct s { number a; };",
            "typedef unsigned number; struct s { number a; };", ["struct s": .meaning, "number": .meaning]),
        Case(
            "void pointer", "struct s { void *a; };", "struct s { struct s *a; };", ["struct s": .spelling]),
        Case(
            "other target", "struct x { int a; }; struct y { long b; }; struct s { struct x *p; };",
            "struct x { int a; }; struct y { long b; }; struct s { struct y *p; };", ["struct s": .meaning],
            facts: ["member p: struct y *, was struct x *"]),
        Case(
            "target renamed", "struct x { int a; struct x *n; }; struct s { struct x *p; };",
            "struct y { int a; struct y *n; }; struct s { struct y *p; };", ["struct s": .spelling]),
        Case(
            "behind a pointer", "struct x { int a; }; struct s { struct x *p; };",
            "struct x { int z; int a; }; struct s { struct x *p; };", ["struct x": .layout],
            facts: ["member a: offset 4, was 0 (4 bytes)"]),
        Case(
            "embedded", "struct x { int a; }; struct s { struct x in; int last; };",
            "struct x { int a, b; }; struct s { struct x in; int last; };",
            ["struct x": .layout, "struct s": .layout],
            facts: ["member in: 8 bytes, was 4 bytes", "member last: offset 8, was 4 (4 bytes)"]),
        Case(
            "array longer", "struct s { char a[16]; int b; };", "struct s { char a[32]; int b; };",
            ["struct s": .layout], facts: ["member a: 32 bytes, was 16 bytes"]),
        Case(
            "dimensions exchanged", "struct s { char a[2][3]; };", "struct s { char a[3][2]; };",
            ["struct s": .meaning]),
        Case(
            "flexible array", "struct s { int n; char a[0]; };", "struct s { int n; char a[]; };",
            ["struct s": .spelling]),
        Case(
            "anonymous union", "struct s { union { int a; float b; }; int c; };",
            "struct s { union { int a; double b; }; int c; };", ["struct s": .layout],
            facts: ["member b: 8 bytes, was 4 bytes", "member c: offset 8, was 4 (4 bytes)"]),
        Case(
            "anonymous structure, the same", "struct s { struct { int a; int b; }; };", "struct s { int a; int b; };",
            [:]),
        Case(
            "structure without a name behind a pointer", "struct s { struct { int a; int b; } *p; };",
            "struct s { struct { int b; int a; } *p; };", ["struct s": .meaning]),
        Case(
            "alias of a structure without a name", "typedef struct { int a; } t; struct s { t *p; };",
            "typedef struct { long a; } t; struct s { t *p; };", ["t": .layout],
            facts: ["member a: 8 bytes, was 4 bytes"]),
        Case(
            "enumerators renumbered", "enum e { A, B }; struct s { enum e e; };",
            "enum e { A, X, B }; struct s { enum e e; };", ["enum e": .meaning],
            facts: ["B: 2, was 1", "X: new, 1"]),
        Case(
            "enumerator added", "enum e { A, B }; struct s { enum e e; };",
            "enum e { A, B, C }; struct s { enum e e; };", ["enum e": .spelling], facts: ["C: new, 2"]),
        Case(
            "small enumeration grown", "enum __attribute__((packed)) e { A }; struct s { enum e e; };",
            "enum __attribute__((packed)) e { A, B = 300 }; struct s { enum e e; };",
            ["enum e": .layout, "struct s": .layout]),
        Case(
            "function pointer", "struct s { int (*f)(int); };", "struct s { int (*f)(int, int); };",
            ["struct s": .meaning], facts: ["member f: int (*)(int, int), was int (*)(int)"]),
        Case(
            "union alternative", "union s { int a; float b; };", "union s { int a; float b; unsigned c; };",
            ["union s": .meaning], type: "union s"),
        Case(
            "opaque", "struct o; struct s { struct o *p; };", "struct o { int a; }; struct s { struct o *p; };", [:]),
        Case(
            "vector", "typedef int v __attribute__((vector_size(16))); struct s { v a; };",
            "typedef float v __attribute__((vector_size(16))); struct s { v a; };",
            ["struct s": .meaning, "v": .meaning]),
        Case(
            "new type", "struct s { int a; };", "struct n { int x; }; struct s { int a; };", [:]),
        Case("tag of another kind", "struct s { int a; };", "union s { int a; };", ["union s": .layout]),
    ]

    private static let compilers = ["gcc", "clang"]

    @Test(arguments: cases, compilers)
    func `a change of a type is found and weighed`(example: Case, compiler: String) throws {
        // A parameter without a tag of its own kind would be another type.
        let after = example.kinds.keys.first { $0.hasSuffix(" s") } ?? example.type
        let code = """
            #if FIX
            typedef \(after) subject;
            #else
            typedef \(example.type) subject;
            #endif
            int f(subject *p) { subject copy = *p; __asm__ volatile("" :: "r"(&copy)); return FIX + (int)sizeof copy; }
            """
        var changes = try TypeFix(compiler: compiler, before: example.before, after: example.after, code: code)
            .changes()
        changes["subject"] = nil
        #expect(changes.mapValues { $0.map(\.kind).max() ?? .spelling } == example.kinds, "\(changes)")
        let facts = changes.values.flatMap { $0 }.map(\.fact)
        for fact in example.facts { #expect(facts.contains(fact), "\(fact) is not in \(facts)") }
    }

    @Test func `only functions that lead to a type are named`() throws {
        let reach = try TypeFix(
            before: "struct inner { int a; }; struct outer { struct inner *in; }; struct other { char c; };",
            after: "struct inner { int z, a; }; struct outer { struct inner *in; }; struct other { char c, d; };",
            code: """
                struct other *global;
                int near(struct outer *p) { return p->in->a + FIX; }
                int far(void *p) { return ((struct outer *)p)->in->a * 3; }
                int state(void) { return global->c + FIX; }
                int none(int x) { return x + FIX; }
                """
        ).reach()
        #expect(reach["struct inner"] == ["near"])
        #expect(reach["struct other"] == ["state"])
    }

    @Test func `types that nest without end are refused`() throws {
        let levels = (1..<150).map { "struct { int m\($0);" }.joined(separator: " ")
        let deep = "struct s { " + levels + String(repeating: " };", count: 149) + " };"
        let fix = TypeFix(
            before: deep, after: deep.replacing("int m149;", with: "long m149;"),
            code: "int f(struct s *p) { return p->m149 + FIX; }")
        #expect(throws: UnitTypeComparison.Failure.self) { try fix.changes() }
    }
}
