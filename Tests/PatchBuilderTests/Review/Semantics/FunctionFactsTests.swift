// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PatchBuilder

/// What is read out of a function, over everything that C can say.
@Suite struct FunctionFactsTests {
    struct Reading: CustomTestStringConvertible, Sendable {
        var testDescription: String { body }
        var body: String
        var reads: Set<String> = []
        var mayRead: Set<String> = []
        var writes: Set<String> = []
        var calls: [String] = []
    }

    static let declarations = """
        typedef struct { int q, r; } pair, *pairp;
        typedef struct tagged { int q; struct tagged *next; } TAGGED;
        struct in { int x, y; };
        struct s {
            int a; struct in in; unsigned bf : 3, bg : 5; struct in *p; int (*fn)(struct s *); pair t; pairp tp;
            struct { int anon; union { long l; void *v; }; }; struct { int deep; } named; int arr[4]; struct in ia[3];
            TAGGED *list; _Complex double c;
        };
        extern struct s global; extern struct s *head; static struct s table[4];
        void *malloc(unsigned long); void free(void *); void *memcpy(void *, const void *, unsigned long);
        void *memset(void *, int, unsigned long); int use(int *); int use_in(struct in *); int (*pointer)(int);
        """

    static let readings = [
        Reading(body: "int f(struct s *s) { return s->a; }", reads: ["s.a"]),
        Reading(body: "void f(struct s *s) { s->in.x = 3; }", writes: ["in.x"]),
        Reading(body: "void f(struct s *s) { s->p->y++; }", reads: ["s.p", "in.y"], writes: ["in.y"]),
        Reading(body: "int f(pairp t) { return t->r; }", reads: ["pair.r"]),
        // GCC writes a structure without a tag out where a typedef of the same declaration is a pointer to it.
        Reading(body: "int f(struct s *s) { return s->tp->q + s->t.r; }", reads: ["s.tp", "….q", "pair.r"]),
        Reading(body: "int f(TAGGED *t) { return t->next->q; }", reads: ["tagged.next", "tagged.q"]),
        Reading(body: "int f(struct tagged *t) { return t->q; }", reads: ["tagged.q"]),
        Reading(body: "long f(struct s *s) { s->anon = 1; return s->l; }", reads: ["s.l"], writes: ["s.anon"]),
        Reading(body: "int f(struct s *s) { return s->named.deep; }", reads: ["s.named.deep"]),
        Reading(body: "void f(struct s *s) { s->bf = 2; }", writes: ["s.bf"]),
        // Optimised, the bytes are compared that hold both.
        Reading(
            body: "int f(struct s *s, struct s *t) { return s->bf == t->bf; }", reads: ["s.bf"], mayRead: ["s.bg"]),
        Reading(
            body: "int f(struct s *s, struct s *t) { return s->bf == 1 && s->bg == 3; }", reads: ["s.bf", "s.bg"]),
        Reading(
            body: "void f(struct s *s, int i) { s->arr[i] = s->ia[i].x; }", reads: ["in.x"], writes: ["s.arr"]),
        Reading(body: "int f(void) { return global.in.y + head->a + table[2].bf; }", reads: ["in.y", "s.a", "s.bf"]),
        Reading(body: "int f(struct s *s) { return use(&s->a); }", reads: ["s.a"], writes: ["s.a"], calls: ["use"]),
        Reading(body: "int f(struct s *s) { return use_in(&s->in); }", calls: ["use_in"]),
        Reading(body: "int f(struct s *s) { return s->fn(s); }", reads: ["s.fn"], calls: ["*s.fn"]),
        Reading(body: "int f(int x) { return pointer(x); }", calls: ["a function pointer"]),
        Reading(body: "int f(int x) { struct in l = {x, 2}; return use_in(&l); }", calls: ["use_in"]),
        Reading(
            body: "int f(struct s *s) { return use_in(&(struct in){s->a, 2}); }", reads: ["s.a"], calls: ["use_in"]),
        Reading(
            body: "void f(struct s *s, struct s *t) { *s->p = t->in; }", reads: ["s.p", "s.in", "in"], writes: ["in"]),
        Reading(body: "void f(struct s *s) { memset(&s->in, 0, sizeof s->in); }", writes: ["in"], calls: ["memset"]),
        Reading(
            body: "int f(struct s *s) { return ({ int t = s->a; t + s->in.y; }); }", reads: ["s.a", "in.y"]),
        Reading(
            body: "int f(struct s *s) { switch (s->a) { case 1: return s->in.x; case 3 ... 5: return 2; } return 0; }",
            reads: ["s.a", "in.x"]),
        Reading(
            body: "double f(struct s *s) { __real__ s->c = 2; return __imag__ s->c; }", reads: ["s.c"],
            writes: ["s.c"]),
        Reading(
            body: "int f(int *y) { return ((struct in *)((char *)y - __builtin_offsetof(struct in, y)))->x; }",
            reads: ["in.x"]),
        Reading(
            body: "int f(struct s *s) { return __atomic_add_fetch(&s->a, 1, 5); }", reads: ["s.a"], writes: ["s.a"],
            calls: ["__atomic_add_fetch_4"]),
        Reading(
            body: #"void f(struct s *s) { __asm__ volatile("nop # \"a;\"\n\tnop" : "+m"(s->a) : "r"(s->in.x)); }"#,
            reads: ["s.a", "in.x"], writes: ["s.a"]),
        Reading(body: "int f(const struct s *s) { return *(const volatile int *)&s->a; }", reads: ["s.a"]),
        Reading(
            body: "void f(struct s *s) { *(volatile int *)&s->a = *(const volatile int *)&s->in.y; }",
            reads: ["in.y"], writes: ["s.a"]),
        Reading(
            body: "void f(struct s *s, int i) { *(struct in *volatile *)&s->p = 0; *(volatile int *)&s->arr[i] = i; }",
            writes: ["s.p", "s.arr"]),
        // Taken for another type, an address may lead to more than the member, and to what is beside it.
        Reading(
            body: "void f(struct s *s) { *(volatile long *)&s->in.x = 3; }", reads: ["in.x"], writes: ["in.x"]),
        Reading(
            body: "void f(struct s *s) { *(volatile int *)((char *)&s->in.x + 4) = 3; }", reads: ["in.x"],
            writes: ["in.x"]),
        Reading(
            body:
                #"void f(struct s *s) { __asm__ volatile(".pushsection .s.in.a, \"aw\"\n.popsection" : "=m"(s->in.y) : "m"(s->a)); }"#,
            reads: ["s.a", "in.y"], writes: ["in.y"]),
        Reading(
            body: #"int f(const char *t) { return t[0] == '"' ? use((int *)"a;{->x.y \" (\\") : t[1] == ';'; }"#,
            calls: ["use"]),
        Reading(
            body: "int f(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n);"
                + " struct in *i = __builtin_va_arg(l, struct in *); return i->x; }",
            reads: ["in.x"], calls: ["__builtin_va_start", "VA_ARG"]),
        Reading(
            body:
                "int f(int i, struct s *s) { static void *t[] = {&&a, &&b}; goto *t[i]; a: return s->a; b: return 1; }",
            reads: ["s.a"]),
        Reading(
            body: "int f(int n, struct s *s) { int v[n]; v[0] = s->a; return v[n - 1]; }", reads: ["s.a"],
            calls: ["__builtin_stack_save", "__builtin_alloca_with_align", "__builtin_stack_restore"]),
        Reading(body: "struct in f(struct s *s) { return s->in; }", reads: ["s.in", "in"]),
    ]

    @Test(arguments: readings)
    func `a function's facts are read`(reading: Reading) throws {
        for level in ["-O2", "-O0", "-O1", "-Os"] {
            let fix = SemanticFix(text: Self.declarations + reading.body + "\n", options: [level, "-std=gnu11"])
            let facts = try #require(try fix.facts()["f"])
            #expect(Set(facts.reads.map(\.description)).subtracting(reading.mayRead) == reading.reads, "\(level)")
            #expect(Set(facts.writes.keys.map(\.description)) == reading.writes, "\(level)")
            #expect(facts.calls.map(\.callee.description) == reading.calls, "\(level)")
        }
    }

    @Test func `a helper counts as its caller's, an exported function does not`() throws {
        let text = """
            struct s { int a, b; };
            static __attribute__((noinline)) int helper(struct s *s) { return s->a; }
            int other(struct s *s) { return s->b; }
            int f(struct s *s) { return helper(s) + other(s); }
            """
        let unit = try SemanticFix(text: text).comparison().original
        #expect(unit.accesses(of: "f").reads == [Member(record: "s", name: "a")])
        #expect(unit.exported == ["f", "other"])
    }
}
