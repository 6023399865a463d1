// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Patches with hooks, from the fix to the running program.
@Suite(.timeLimit(.minutes(10))) struct HookedPatchTests {
    static let original = "int g = 5; int f(int x) { return x * 3 + g; }"

    static func fixed(_ hooks: String) -> String {
        "int g = 5;\n#include \"kaketsugi.h\"\n\(hooks)\nint f(int x) { return x * 3 + g + 1000; }"
    }

    @Test func `hooks of all moments run, and are in the manifest`() throws {
        let project = try PatchProject(Self.original)
        let patch = try project.patch(
            Self.fixed(
                """
                static int a(void) { g += 1; return 0; }
                static int b(void) { g += 10; return 0; }
                static int c(void) { g += 100; return 0; }
                static int d(void) { g += 100000; return 0; }
                KAKETSUGI_BEFORE_APPLY(a);
                KAKETSUGI_AFTER_APPLY(b);
                KAKETSUGI_BEFORE_REVERT(c);
                KAKETSUGI_AFTER_REVERT(d);
                """))
        let inspect = try Tools.author(["inspect", patch])
        for line in ["before-apply: a", "after-apply: b", "before-revert: c", "after-revert: d"] {
            #expect(inspect.output.contains(line), "\(inspect.output)")
        }
        let target = try project.start()
        #expect(try target.call(0) == 5)
        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        #expect(try target.call(0) == 1016)
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(0) == 100116)
    }

    @Test func `a hook that refuses or crashes is said to, in words`() throws {
        let project = try PatchProject(Self.original)
        let refusing = try project.patch(
            Self.fixed("static int a(void) { return 42; }\nKAKETSUGI_BEFORE_APPLY(a);"), to: "refusing.mend")
        let crashing = try project.patch(
            Self.fixed("static int a(void) { return *(volatile int *)(long)g; }\nKAKETSUGI_AFTER_APPLY(a);"),
            to: "crashing.mend")
        let target = try project.start()
        let refused = try Tools.host("apply", refusing, "--pid", target.pid)
        #expect(refused.status != 0)
        #expect(words(refused).contains("the patch's hook a (before-apply) refused with 42; no function is replaced"))
        #expect(try target.call(1) == 8)
        let crashed = try Tools.host("apply", crashing, "--pid", target.pid)
        #expect(crashed.status != 0)
        #expect(words(crashed).contains("hook a (after-apply) raised SIGSEGV at 0x"), "\(words(crashed))")
        #expect(try target.call(1) == 8)
    }

    private func words(_ command: Command) -> String {
        (command.output + command.errors).unwrapped
    }

    @Test func `a hook must be a function of the patch`() throws {
        let project = try PatchProject("int g = 5; int old(void) { return g; } int f(int x) { return x * 3 + old(); }")
        let build = try project.build(
            """
            int g = 5; int old(void) { return g; }
            #include "kaketsugi.h"
            KAKETSUGI_BEFORE_APPLY(old);
            int f(int x) { return x * 3 + old() + 1; }
            """)
        #expect(build.status == 3)
        #expect(build.errors.contains("the before-apply hook old is no function that the fix adds or changes"))
    }
}
