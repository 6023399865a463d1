// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ELF

/// What compilers write is read in every version and form, with one result.
@Suite struct DebugTypeTests {
    private static let source = """
        #include <stddef.h>
        struct opaque;
        enum colour { RED, GREEN = 5, BLUE };
        enum negative { BELOW = -3, ABOVE = 2 };
        enum __attribute__((packed)) tiny { ONE = 1 };
        typedef unsigned char byte;
        typedef struct { byte tag; double weight; } pair_t;
        union number { int whole; float real; unsigned char bytes[4]; };
        struct bits { unsigned a : 3; unsigned b : 7; unsigned long c : 40; int d; signed char e : 2; };
        struct __attribute__((packed)) packed { char a; int b; short c; };
        typedef int vector __attribute__((vector_size(16)));
        struct all {
            char first; struct all *next; const struct opaque *hidden; enum colour colour; enum negative sign;
            enum tiny tiny; pair_t pair; union number number; struct bits bits; struct packed packed;
            int matrix[2][3]; int (*handler)(struct all *, const char *, ...); void *data; _Bool flag;
            union { long one; struct { short low; short high; }; }; _Atomic int counter; vector lanes;
            volatile unsigned long long wide; char name[];
        };
        _Static_assert(sizeof(struct all) == 192 && offsetof(struct all, name) == 184, "as expected below");
        static struct all *head; int total;
        int walk(struct all *start, size_t limit) {
            size_t depth = 0;
            for (struct all *step = start; step && depth < limit; step = step->next) depth++;
            return start->handler(start, "x", depth) + total + (head == start);
        }
        """

    private static let expected = [
        "byte = unsigned char",
        "enum colour 4 {RED=0 GREEN=5 BLUE=6}",
        "enum negative 4 {BELOW=-3 ABOVE=2}",
        "enum tiny 1 {ONE=1}",
        "pair_t = struct {…}",
        "struct all 192 {0 char first; 64 struct all * next; 128 const struct opaque * hidden; "
            + "192 enum colour colour; 224 enum negative sign; 256 enum tiny tiny; 320 pair_t pair; "
            + "448 union number number; 512 struct bits bits; 640 struct packed packed; 704 int [2][3] matrix; "
            + "896 int (*)(struct all *, const char *, ...) handler; 960 void * data; 1024 _Bool flag; "
            + "1088 {0 long one; 0 {0 short low; 16 short high}}; 1152 _Atomic int counter; 1280 vector lanes; "
            + "1408 volatile unsigned long long wide; 1472 char [] name}",
        "struct bits 16 {0:3 unsigned int a; 3:7 unsigned int b; 10:40 unsigned long c; 64 int d; "
            + "96:2 signed char e}",
        "struct packed 7 {0 char a; 8 int b; 40 short c}",
        "union number 4 {0 int whole; 0 float real; 0 unsigned char [4] bytes}",
        "vector = int [4]",
    ]

    @Test(arguments: DebugFixture.all)
    func `types are read as the source declares them`(fixture: DebugFixture) throws {
        let lines = try fixture.types(Self.source).lines.map(Self.normalised)
        for expected in Self.expected where !Self.isUnsaid(expected, by: fixture) {
            #expect(lines.contains(expected), "\(expected) is not in\n\(lines.joined(separator: "\n"))")
        }
    }

    /// What one compiler spells in another way.
    private static func normalised(_ line: String) -> String {
        line.replacing("long unsigned int", with: "unsigned long").replacing(
            "long long unsigned int", with: "unsigned long long"
        )
        .replacing("long int", with: "long").replacing("short int", with: "short")
        .replacing("volatile long unsigned long", with: "volatile unsigned long long")
    }

    /// Before version 5 and in strict mode, compilers leave some things out.
    private static func isUnsaid(_ expected: String, by fixture: DebugFixture) -> Bool {
        let isOld = fixture.options.contains { ["-gdwarf-2", "-gdwarf-3", "-gdwarf-4"].contains($0) }
        return expected.contains("_Atomic") && isOld
    }

    @Test(arguments: DebugFixture.all)
    func `functions are read with their types and code`(fixture: DebugFixture) throws {
        let file = try ObjectFile(parsing: try fixture.bytes(Self.source))
        let types = try UnitTypes(reading: try DebugInformation(of: file))
        let walk = try #require(types.functions.first { $0.name.name == "walk" })
        #expect(types.graph.spelling(of: walk.signature.result) == "int")
        #expect(walk.signature.parameters.map(types.graph.spelling) == ["struct all *", "size_t"])
        #expect(Set(walk.variables.map(\.name)) == ["start", "limit", "depth", "step"])
        #expect(types.variables["total"].map(types.graph.spelling) == "int")
        #expect(types.variables["head"].map(types.graph.spelling) == "struct all *")

        let symbol = try #require(file.symbols.first { $0.name == "walk" })
        var start = DebugAddress.absolute(symbol.value)
        if file.header.type == .relocatable, case .section(let section) = symbol.place {
            start = .section(section, offset: symbol.value)
        }
        #expect(walk.code == [DebugCodeRange(start: start, size: symbol.size)])
    }

    @Test(arguments: DebugFixture.all)
    func `a unit says its name, language and compiler`(fixture: DebugFixture) throws {
        let units = try fixture.information(Self.source).compilationUnits()
        #expect(units.count == 1)
        #expect(units.first?.name.hasSuffix("fixture.c") == true)
        #expect(units.first?.producer.lowercased().contains(fixture.compiler == "gcc" ? "gnu c" : "clang") == true)
        #expect([1, 2, 0xc, 0x1d].contains(units.first?.language))
        #expect(units.first?.isSkeleton == false)
    }

    @Test(arguments: DebugFixture.all)
    func `inlined copies and pieces of functions are found`(fixture: DebugFixture) throws {
        let source = """
            __attribute__((cold, noinline)) void fail(int x);
            volatile int sink;
            static inline __attribute__((always_inline)) int twice(int x) { sink = x; return x * 2; }
            static inline __attribute__((always_inline)) int four(int x) { return twice(x) + twice(x + 1); }
            int use(int x) { if (__builtin_expect(x < 0, 0)) { fail(x); sink = x; fail(x + 1); } return four(x); }
            void fail(int x) { sink = x; }
            """
        let information = try fixture.information(source)
        let copies = try information.inlinedFunctions()
        #expect(
            copies.map { "\($0.copy.name) in \($0.copy.caller) of \($0.container)" }.sorted()
                == ["four in use of use", "twice in four of use", "twice in four of use"])
        #expect(copies.allSatisfy { $0.copy.line != nil })
        let types = try UnitTypes(reading: information)
        let use = try #require(types.functions.first { $0.name.name == "use" })
        #expect(use.inlined == copies.map(\.copy))
        // gcc moves what is unlikely elsewhere when it optimises.
        #expect(use.code.count == (fixture.compiler == "gcc" && fixture.options.contains("-O2") ? 2 : 1))
        #expect(use.code.allSatisfy { $0.size > 0 })
    }

    @Test(arguments: [
        DebugFixture("gcc", "-x", "c++", "-gdwarf-4", "-femit-class-debug-always"),
        DebugFixture("gcc", "-x", "c++", "-gdwarf-5", "-femit-class-debug-always"),
        DebugFixture("gcc", "-x", "c++", "-g", "-fdebug-types-section", "-femit-class-debug-always"),
        DebugFixture("clang", "-x", "c++", "-gdwarf-5", "-fstandalone-debug"),
        DebugFixture("clang", "-x", "c++", "-gdwarf-4", "-fdebug-types-section", "-fstandalone-debug"),
    ])
    func `scopes, bases and references of C++ are read`(fixture: DebugFixture) throws {
        let source = """
            namespace outer { namespace { struct Hidden { int h; }; }
              struct Base { int base; static int shared; virtual void f(); };
              struct Derived : Base { Base &other; int Base::*member; enum class Mode : short { on = -1 } mode;
                struct Nested { char c; } nested; void g(Hidden &&); }; }
            void outer::Derived::g(outer::Hidden &&h) { nested.c = h.h; }
            void outer::Base::f() { outer::Derived *d = static_cast<outer::Derived *>(this); d->base = 1; }
            """
        let lines = try fixture.types(source, suffix: "cc").lines.filter { $0.contains("outer") }
        let expected = [
            "enum outer::Derived::Mode 2 {on=-1}",
            "struct outer::(anonymous)::Hidden 4 {0 int h}",
            "struct outer::Derived::Nested 1 {0 char c}",
        ]
        for line in expected { #expect(lines.contains(line), "\(line) is not in\n\(lines.joined(separator: "\n"))") }
        #expect(
            lines.contains {
                $0.hasPrefix("struct outer::Derived 40 {0 struct outer::Base ; 128 struct outer::Base & other;")
            })
    }

    @Test func `compressed and split information is refused with a way out`() throws {
        let source = "struct s { int a; } s; int f(struct s *p) { return p->a; }\n" + Self.source
        #expect(throws: ELFError.self) { try DebugFixture("gcc", "-g", "-gz").information(source) }
        do {
            _ = try DebugFixture("gcc", "-g", "-gz").information(source)
        } catch let error as ELFError {
            guard case .compressed = error else { throw error }
            #expect(error.description.contains("-gz=none"))
        }
        do {
            _ = try DebugFixture("gcc", "-g", "-gsplit-dwarf").types(source)
            Issue.record("split information was read as if it were whole")
        } catch let error as ELFError {
            guard case .separateDebugInformation = error else { throw error }
            #expect(error.description.contains("-gno-split-dwarf"))
        }
    }

    @Test func `a file without debugging information has none`() throws {
        #expect(try DebugFixture("gcc", "-g0").information(Self.source).isEmpty)
        #expect(try DebugFixture("gcc", "-g0").types(Self.source).lines.isEmpty)
    }
}
