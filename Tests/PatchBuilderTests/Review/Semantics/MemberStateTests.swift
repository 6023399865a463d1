// SPDX-License-Identifier: Apache-2.0

import LivePatch
import Testing

@testable import PatchBuilder

/// Members that the new code relies on, and state that it leaves to the old code.
@Suite struct MemberStateTests {
    static let object = """
        struct obj { int fd; int *private; int state, len, cap; char *buf; };
        void *calloc(unsigned long, unsigned long); void free(void *); int *make(void); void give_back(int *);
        int grow(char **, int); int BUF_grow(char **, int); int take(struct obj *, int);

        """

    /// The kernel's secretmem (CVE-2026-93243): objects that exist have no private part.
    static let secret = """
        struct obj *create(int fd) { struct obj *o = calloc(1, sizeof *o); if (!o) return 0; o->fd = fd;
            if (FIX) o->private = make(); return o; }
        void release(struct obj *o) { if (FIX) give_back(o->private); free(o); }

        """

    @Test func `a member that only new code sets and reads is found`() throws {
        let findings = try SemanticFix(text: Self.object + Self.secret).findings()
        #expect(findings.titles(.readsUnsetField) == ["blocking: obj.private"])
        let finding = try #require(findings.first { $0.rule == .readsUnsetField })
        #expect(finding.symbols == ["obj.private", "release", "create"])
        #expect(finding.facts.contains("the old code does not set it"))
    }

    @Test func `one unit may set what another one reads`() throws {
        let creator = Self.secret.split(separator: "void release")[0]
        let releaser = "void release" + Self.secret.split(separator: "void release")[1]
        let findings = try SemanticFix.findings([
            SemanticFix(text: Self.object + creator), SemanticFix(text: Self.object + releaser),
        ])
        #expect(findings.titles(.readsUnsetField) == ["blocking: obj.private"])
    }

    @Test(arguments: [
        // The old code set it all along.
        "void create(struct obj *o) { o->state = 1; o->len = FIX; } int use(struct obj *o) { return FIX ? o->state : 2; }",
        // It is read, and nothing new is set.
        "int use(struct obj *o) { return FIX ? o->state : 2; }",
        // It is set and read on the stack.
        "int use(int n) { struct obj o; o.state = n; return FIX ? take(&o, o.state) : take(&o, 1); }",
        // The type comes with the fix: every object of it is made by new code.
        """
        #if FIX
        struct own { int n; }; static struct own own[4]; static int own_lock;
        void create(struct obj *o) { while (__atomic_test_and_set(&own_lock, 2)); own[o->fd & 3].n = 1;
            __atomic_clear(&own_lock, 3); }
        int use(struct obj *o) { return own[o->fd & 3].n; }
        #else
        void create(struct obj *o) { o->len = 1; } int use(struct obj *o) { return o->len; }
        #endif
        """,
        // It is set and read as before, elsewhere, too.
        """
        void create(struct obj *o) { o->state = 1; } int known(struct obj *o) { return o->state; }
        void other(struct obj *o) { o->len = 2; if (FIX) o->state = 1; } int use(struct obj *o) { return FIX ? o->state : 2; }
        """,
    ])
    func `members that objects have are not found`(text: String) throws {
        let findings = try SemanticFix(text: Self.object + text + "\n").findings()
        #expect(findings.titles(.readsUnsetField).isEmpty)
        #expect(findings.titles(.differentCalls).isEmpty)
    }

    /// What macros of the kernel make of plain accesses (`WRITE_ONCE()`, `READ_ONCE()`).
    static let once = """
        #if FIX
        #define SET(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
        #define GET(x) (*(const volatile __typeof__(x) *)&(x))
        #else
        #define SET(x, v) ((x) = (v))
        #define GET(x) (x)
        #endif

        """

    @Test(arguments: [
        "void stop(struct obj *o) { SET(o->private, 0); } int *get(struct obj *o) { return GET(o->private); }",
        "void stop(struct obj *o) { SET(o->state, 3); SET(o->buf, \"x\"); } int get(struct obj *o) { return GET(o->state); }",
    ])
    func `a plain access that becomes a volatile one is no finding`(text: String) throws {
        let findings = try SemanticFix(text: Self.object + Self.once + text + "\n").findings()
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test func `what a volatile access stores otherwise is found`() throws {
        let text =
            "void stop(struct obj *o) { SET(o->state, FIX + 3); }"
            + " int get(struct obj *o) { return GET(o->state) + FIX; }"
        let findings = try SemanticFix(text: Self.object + Self.once + text + "\n").findings()
        #expect(findings.titles(.misreadAfterRevert) == ["blocking: obj.state"])
        #expect(findings.first?.facts.contains("stop sets it to 4 only with the fix") == true, "\(findings)")
    }

    @Test func `a volatile access may set what only new code reads`() throws {
        let text = Self.secret.replacing("o->private = make()", with: "SET(o->private, make())")
        let findings = try SemanticFix(text: Self.object + Self.once + text).findings()
        #expect(findings.titles(.readsUnsetField) == ["blocking: obj.private"])
    }

    @Test func `what a fix changes itself is named first, and of the others how many there are`() throws {
        let helpers = (1...9).map { number in
            "static __attribute__((noinline)) int h\(number)(struct obj *o)"
                + " { return \(number == 1 ? "last" : "h\(number - 1)")(o) + 1; }"
        }
        let text =
            "static __attribute__((noinline)) int last(struct obj *o) { return FIX ? o->state : 2; }\n"
            + helpers.joined(separator: "\n")
            + "\nint a(struct obj *o) { if (FIX) o->state = 1; return h9(o); }\n"
        let findings = try SemanticFix(text: Self.object + text).findings()
        let finding = try #require(findings.first { $0.rule == .readsUnsetField })
        #expect(finding.symbols.prefix(3) == ["obj.state", "a", "last"] && finding.symbols.count == 12)
        #expect(
            finding.facts.prefix(2) == [
                "set by a only with the fix", "read by a, last, h1, h2 and 7 others only with the fix",
            ])
    }

    /// HollowByte: a function that made room at once leaves that to another one, which does it bit by bit.
    static let hollow = """
        int header(struct obj *o, int n) { if (!FIX && !BUF_grow(&o->buf, n)) return 0; o->len = n; return 1; }
        int body(struct obj *o) { while (o->state < o->len) { if (FIX && !BUF_grow(&o->buf, o->state + 16)) return 0;
            o->buf[o->state++] = 1; } return 1; }

        """

    @Test func `memory that the new code leaves smaller is found`() throws {
        let findings = try SemanticFix(text: Self.object + Self.hollow).findings()
        #expect(findings.titles(.misreadAfterRevert) == ["blocking: obj.buf"])
        #expect(findings.titles(.differentCalls) == ["note: body", "note: header"])
    }

    @Test func `a declared hazard makes it a note`() throws {
        let findings = try SemanticFix(text: Self.object + Self.hollow).findings(declaresHazard: true)
        #expect(findings.titles(.misreadAfterRevert) == ["note: obj.buf"])
        #expect(!findings.contains { $0.weight == .blocking })
    }

    @Test(arguments: [
        ("void f(struct obj *o, int n) { if (o->state) o->state = FIX ? n + 3 : n; }", ["blocking: obj.state"]),
        ("void f(struct obj *o) { if (o->state) o->state = FIX ? 7 : 5; }", ["blocking: obj.state"]),
        ("void f(struct obj *o) { if (o->state > 2) o->state = FIX ? 0 : o->len; }", ["blocking: obj.state"]),
        // The old code leaves the same there, elsewhere.
        (
            """
            void f(struct obj *o) { if (o->state > 2) { o->len++; if (FIX) o->state = 5; } }
            void g(struct obj *o) { o->state = 5; }
            """,
            ["note: obj.state"]
        ),
        // Zero is what new objects have.
        ("void f(struct obj *o) { if (o->state > 2) { o->len++; if (FIX) o->state = 0; } }", ["note: obj.state"]),
        // No old code that comes back reads it.
        ("void f(struct obj *o, int n) { if (o->len) o->state = FIX ? n + 3 : 5; }", []),
        ("int f(int n) { struct obj o; o.state = FIX ? n : 5; return take(&o, o.state); }", []),
    ])
    func `values that differ are found where old code reads them`(text: String, titles: [String]) throws {
        let findings = try SemanticFix(text: Self.object + text + "\n").findings()
        #expect(findings.titles(.misreadAfterRevert) == titles, "\(findings)")
    }

    @Test func `without statements nothing is said to be the same`() throws {
        let (unit, target) = try CompiledFix(
            original: "int f(int x) { return x + 1000; }", fixed: "int f(int x) { return x + 2000; }"
        ).compiled()
        let options = PatchOptions(level: 1, fixes: [], revertHazards: [], compiler: "clang")
        _ = try PatchAssembly.artefact(from: [unit], targets: [target], options: options)
        var silent = unit
        silent.statements.fixed = nil
        var damaged = unit
        damaged.statements.unfixed = Array(
            (String(decoding: unit.statements.unfixed ?? [], as: UTF8.self))
                .replacing("return", with: "<> return").utf8)
        for unit in [silent, damaged] {
            let review = try PatchAssembly.reviewed(from: [unit], targets: [target], options: options)
            #expect(review.blocking.map(\.rule) == [.fieldsNotCompared])
            #expect(review.blocking.first?.symbols == ["f"])
        }
    }
}
