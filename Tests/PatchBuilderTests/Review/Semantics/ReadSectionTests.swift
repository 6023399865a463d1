// SPDX-License-Identifier: Apache-2.0

import LivePatch
import Testing

@testable import PatchBuilder

/// Read-side critical sections of RCU: harmless where a call ends what it begins, and only there.
@Suite struct ReadSectionTests {
    struct Difference: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var text: String
        var titles: [String]
    }

    /// As include/linux/rcupdate.h and include/linux/cleanup.h have them.
    static let declarations = #"""
        struct obj { int n; struct obj *peer; int lock; };
        void __rcu_read_lock(void); void __rcu_read_unlock(void); int my_lock(int *); int my_unlock(int *);
        int work(struct obj *); int get_ref(struct obj *); void peer_put(struct obj *);
        static inline void rcu_read_lock(void) { __rcu_read_lock(); }
        static inline void rcu_read_unlock(void) { __rcu_read_unlock(); }
        struct guard { void *lock; };
        static inline struct guard class_rcu_constructor(void) { struct guard g = { (void *)1 }; rcu_read_lock(); return g; }
        static inline void class_rcu_destructor(struct guard *g) { if (g->lock) rcu_read_unlock(); }
        static inline __attribute__((always_inline)) int enabled(void *key) {
            asm goto("nop # %l[on], \"%c0\"" : : "i"(key) : : on);
            return 0;
        on: return 1; }
        static int key;

        """#

    static let differences = [
        Difference(
            testDescription: "around what is read",
            text: "int f(struct obj *o) { BEGIN int r = work(o->peer); END return r; }", titles: ["note: f"]),
        Difference(
            testDescription: "ended on each way out",
            text: "int f(struct obj *o) { BEGIN if (!o->peer) { END return 0; } int r = work(o->peer); END return r; }",
            titles: ["note: f"]),
        Difference(
            testDescription: "not ended on one way out",
            text: "int f(struct obj *o) { BEGIN if (!o->peer) { return 0; } int r = work(o->peer); END return r; }",
            titles: ["blocking: f"]),
        Difference(
            testDescription: "ended on a way that did not begin it",
            text: "int f(struct obj *o) { if (o->n) { BEGIN } int r = work(o->peer); END return r; }",
            titles: ["blocking: f"]),
        Difference(
            testDescription: "not ended where a static key leads to",
            text: "int f(struct obj *o) { BEGIN if (enabled(&key)) return work(o);"
                + " int r = work(o->peer); END return r; }",
            titles: ["blocking: f"]),
        Difference(
            testDescription: "not ended where assembler text jumps to",
            text: #"int f(struct obj *o) { BEGIN asm goto("nop # %l0" : : : : out);"#
                + " int r = work(o->peer); END return r; out: return 2; }",
            titles: ["blocking: f"]),
        Difference(
            testDescription: "begun by one function and ended by another one",
            text: "int f(struct obj *o) { BEGIN return o->n * 3; } int g(struct obj *o) { END return o->n * 5; }",
            titles: ["blocking: f", "blocking: g"]),
        Difference(
            testDescription: "ended by a helper that the fix brings",
            text: """
                #if FIX
                static __attribute__((noinline)) int part(struct obj *o) { int r = work(o); rcu_read_unlock(); return r; }
                int f(struct obj *o) { rcu_read_lock(); return part(o->peer); }
                #else
                int f(struct obj *o) { return work(o->peer); }
                #endif
                """,
            titles: ["note: f"]),
        Difference(
            testDescription: "by a guard",
            text: """
                int f(struct obj *o) {
                #if FIX
                struct guard g __attribute__((cleanup(class_rcu_destructor))) = class_rcu_constructor();
                #endif
                if (o->n) return 1; return work(o->peer); }
                """,
            titles: ["note: f"]),
        Difference(
            testDescription: "taken away",
            text: "int f(struct obj *o) { UNBEGIN int r = work(o->peer); UNEND return r; }", titles: ["blocking: f"]),
        Difference(
            testDescription: "in place of a lock that excludes",
            text:
                "int f(struct obj *o) { BEGIN if (!FIX) my_lock(&o->lock); int r = work(o->peer); if (!FIX) my_unlock(&o->lock);"
                + " END return r; }",
            titles: ["blocking: f"]),
        Difference(
            testDescription: "with a count that only new code takes",
            text:
                "int f(struct obj *o) { BEGIN int r = FIX ? get_ref(o->peer) : 0; END if (FIX) peer_put(o->peer); return r; }",
            titles: ["blocking: f"]),
        Difference(
            testDescription: "by functions that call each other",
            text: """
                static __attribute__((noinline)) int odd(struct obj *o, int n);
                static __attribute__((noinline)) int even(struct obj *o, int n) { BEGIN return n ? odd(o, n - 1) : work(o); }
                static __attribute__((noinline)) int odd(struct obj *o, int n) { int r = n ? even(o, n - 1) : 0; END return r; }
                int f(struct obj *o) { return even(o, o->n); }
                """,
            titles: ["blocking: even", "blocking: odd"]),
    ]

    @Test(arguments: differences)
    func `a section has its weight`(difference: Difference) throws {
        let macros = """
            #if FIX
            #define BEGIN rcu_read_lock();
            #define END rcu_read_unlock();
            #define UNBEGIN
            #define UNEND
            #else
            #define BEGIN
            #define END
            #define UNBEGIN rcu_read_lock();
            #define UNEND rcu_read_unlock();
            #endif

            """
        let findings = try SemanticFix(text: Self.declarations + macros + difference.text + "\n").findings()
        #expect(findings.titles(.differentCalls) == difference.titles, "\(findings)")
    }
}
