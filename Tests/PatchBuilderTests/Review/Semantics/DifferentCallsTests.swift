// SPDX-License-Identifier: Apache-2.0

import LivePatch
import Testing

@testable import PatchBuilder

/// Which differences of calls stand in the way, and which are only noted.
@Suite struct DifferentCallsTests {
    struct Difference: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var text: String
        var titles: [String]
    }

    static let declarations = """
        typedef struct obj { int n, state; char *buf; struct obj *peer; int lock; } OBJ;
        void *malloc(unsigned long); void free(void *); void *realloc(void *, unsigned long);
        int my_lock(int *); int my_unlock(int *); OBJ *OBJ_new(void); void OBJ_free(OBJ *); int OBJ_up_ref(OBJ *);
        int work(OBJ *); int open(const char *, int, ...); int close(int); OBJ *OBJ_get0_peer(OBJ *);

        """

    static let differences = [
        Difference(
            testDescription: "a lock is taken that was not",
            text:
                "int f(OBJ *o) { if (FIX) my_lock(&o->lock); int r = o->n * 3; if (FIX) my_unlock(&o->lock); return r; }",
            titles: ["blocking: f"]),
        Difference(
            testDescription: "a lock is given back on the way out that kept it",
            text: "int f(OBJ *o) { my_lock(&o->lock); if (o->n) { if (FIX) my_unlock(&o->lock); return 0; }"
                + " my_unlock(&o->lock); return 1; }",
            titles: ["note: f"]),
        Difference(
            testDescription: "a lock is given back that was not taken",
            text: "int f(OBJ *o) { if (FIX) my_unlock(&o->lock); return o->n * 3; }", titles: ["blocking: f"]),
        Difference(
            testDescription: "one unlock for two ways out",
            text: "int f(OBJ *o) { int r; my_lock(&o->lock); if (!FIX && o->n) { my_unlock(&o->lock); return 0; }"
                + " r = o->n ? 0 : work(o); my_unlock(&o->lock); return r; }",
            titles: []),
        Difference(
            testDescription: "what the same call made is freed on an error",
            text: "int f(int n) { OBJ *o = OBJ_new(); if (!o) return 0; if (work(o) < n) { if (FIX) OBJ_free(o);"
                + " return 0; } OBJ_free(o); return 1; }",
            titles: ["note: f"]),
        Difference(
            testDescription: "what the same call made is freed for the first time",
            text: "int f(int n) { OBJ *o = OBJ_new(); int r = work(o); if (FIX) OBJ_free(o); return r; }",
            titles: ["note: f"]),
        Difference(
            testDescription: "an object's member is freed that was not",
            text: "void f(OBJ *o) { if (FIX) free(o->buf); o->n = 0; }", titles: ["blocking: f"]),
        Difference(
            testDescription: "a parameter is freed that was not",
            text: "int f(OBJ *o) { int r = work(o); if (FIX) OBJ_free(o); return r; }", titles: ["blocking: f"]),
        Difference(
            testDescription: "what another one owns is freed",
            text: "int f(OBJ *o) { OBJ *p = OBJ_get0_peer(o); int r = work(p); if (FIX) OBJ_free(p); return r; }",
            titles: ["blocking: f"]),
        Difference(
            testDescription: "a count goes up",
            text: "OBJ *f(OBJ *o) { if (FIX) OBJ_up_ref(o->peer); return o->peer; }", titles: ["blocking: f"]),
        Difference(
            testDescription: "a count goes up by an atomic operation",
            text: "OBJ *f(OBJ *o) { if (FIX) __atomic_fetch_add(&o->n, 1, 0); return o->peer; }",
            titles: ["blocking: f"]),
        Difference(
            testDescription: "something is made for an object",
            text: "int f(OBJ *o) { if (FIX) o->buf = malloc(9); return o->n * 2; }", titles: ["blocking: f"]),
        Difference(
            testDescription: "making something moves to another function",
            text: "int f(OBJ *o) { if (!FIX) o->buf = malloc(9); return o->n * 2; }"
                + " int g(OBJ *o) { if (FIX) o->buf = malloc(9); return o->n * 3; }",
            titles: ["blocking: f", "blocking: g"]),
        Difference(
            testDescription: "something is made and given back within a call",
            text: "int f(OBJ *o) { OBJ *t = FIX ? OBJ_new() : 0; int r = work(t); if (FIX) OBJ_free(t); return r; }",
            titles: ["note: f"]),
        Difference(
            testDescription: "a result is made that was lent before",
            text: "OBJ *f(OBJ *o) { return FIX ? OBJ_new() : o->peer; }", titles: ["blocking: f"]),
        Difference(
            testDescription: "a file is closed on an error",
            text: "int f(OBJ *o) { int fd = open(o->buf, 0); if (fd < 0) return 0; if (work(o)) {"
                + " if (FIX) close(fd); return 1; } close(fd); return 2; }",
            titles: ["note: f"]),
        Difference(
            testDescription: "code moves into a helper",
            text: """
                #if FIX
                static int part(OBJ *o) { my_lock(&o->lock); free(o->buf); o->buf = malloc(9); my_unlock(&o->lock);
                    return o->n + 1; }
                int f(OBJ *o) { return part(o) * 2 + o->state; }
                #else
                int f(OBJ *o) { my_lock(&o->lock); free(o->buf); o->buf = malloc(9); my_unlock(&o->lock);
                    return (o->n + 1) * 2; }
                #endif
                """,
            titles: []),
        Difference(
            testDescription: "code moves from a function into its only helper",
            text: """
                static __attribute__((noinline)) int part(OBJ *o) { if (FIX) my_lock(&o->lock); o->n++;
                    if (FIX) my_unlock(&o->lock); return o->n; }
                int f(OBJ *o) { if (!FIX) my_lock(&o->lock); int r = part(o); if (!FIX) my_unlock(&o->lock); return r; }
                """,
            titles: []),
        Difference(
            testDescription: "helpers that call each other",
            text: """
                static int odd(OBJ *o, int n);
                static __attribute__((noinline)) int even(OBJ *o, int n) { return n ? odd(o, n - 1) : work(o); }
                static __attribute__((noinline)) int odd(OBJ *o, int n) { free(o->buf); o->buf = 0;
                    return n ? even(o, n - 1) + FIX : 0; }
                int f(OBJ *o) { return even(o, o->n); }
                """,
            titles: []),
        Difference(
            testDescription: "nothing but arithmetic",
            text: "int f(OBJ *o) { my_lock(&o->lock); int r = o->n + FIX * 7; my_unlock(&o->lock); return r; }",
            titles: []),
    ]

    @Test(arguments: differences)
    func `a difference of calls has its weight`(difference: Difference) throws {
        let findings = try SemanticFix(text: Self.declarations + difference.text + "\n").findings()
        #expect(findings.titles(.differentCalls) == difference.titles, "\(findings)")
    }

    @Test func `a header's own function is one finding, however many units have it`() throws {
        let header = "static inline void OBJ_end(OBJ *o) { free(o->buf); if (FIX) free(o->peer); o->n = 0; }\n"
        func unit(_ name: String, _ text: String) -> SemanticFix {
            SemanticFix(text: Self.declarations + header + text + "\n", source: name)
        }
        let findings = try SemanticFix.findings([
            unit("a.c", "void f(OBJ *o) { OBJ_end(o); }"), unit("b.c", "void g(OBJ *o) { OBJ_end(o->peer); }"),
            unit("c.c", "void h(OBJ *o) { OBJ_end(o); if (FIX) my_lock(&o->lock); }"),
        ]).filter { $0.rule == .differentCalls }
        #expect(findings.map { $0.symbols[0] } == ["OBJ_end", "h"], "\(findings)")
        #expect(findings.map(\.unit) == [nil, "c.c"] && findings.allSatisfy(\.isBlocking))
        #expect(findings.first?.facts.last == "the same in a.c, b.c, c.c")
    }

    @Test(arguments: [
        ("pthread_mutex_lock", ResourceCalls.Kind.lock), ("pthread_mutex_unlock", .unlock), ("X509_up_ref", .reference),
        ("CRYPTO_THREAD_write_lock", .lock), ("CRYPTO_THREAD_lock_free", .release), ("OPENSSL_sk_pop_free", .release),
        ("CRYPTO_malloc", .acquire), ("reallocarray", .resize), ("BUF_MEM_grow_clean", .resize), ("fclose", .release),
        ("__builtin_free", .release), ("__atomic_fetch_sub_4", .reference), ("mutex_trylock", .lock),
        ("BN_CTX_new_ex", .acquire), ("pthread_rwlock_destroy", .release), ("dup2", .acquire),
    ])
    func `a function's name tells what it does`(name: String, kind: ResourceCalls.Kind) {
        #expect(ResourceCalls.meaning(of: name)?.kind == kind)
    }

    @Test(arguments: [
        "ERR_new", "block_signals", "freeze", "memcpy", "SSL_get_error", "news", "__atomic_load_4", "renew",
        "pthread_rwlock_init", "__atomic_store_8",
    ])
    func `other functions are no use of a resource`(name: String) {
        #expect(ResourceCalls.meaning(of: name) == nil)
    }
}
