// SPDX-License-Identifier: Apache-2.0

import LivePatch
import TestSupport
import Testing

/// What new code refers to anew is what the dynamic linker would have bound it to.
@Suite(.timeLimit(.minutes(10))) struct InterpositionTests {
    private static let original = """
        int limit = 3;
        int helper(int x) { return x + limit; }
        int f(int x) { return x * 3 + 1; }
        """
    private static let fixed = original.replacing(
        "return x * 3 + 1;", with: "return helper(x) * 100 + limit;")

    private func answer(_ project: PatchProject) throws -> Int? {
        let patch = try project.patch(Self.fixed)
        let target = try project.start()
        #expect(try target.call(10) == 31)
        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        let answer = try target.call(10)
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(10) == 31)
        return answer
    }

    @Test func `the target's own definitions are taken if nobody interposes`() throws {
        #expect(try answer(PatchProject(Self.original)) == 1303)
    }

    @Test func `a program's definitions come first`() throws {
        let addition = "int helper(int x) { return x * 2; }"
        #expect(try answer(PatchProject(Self.original, program: addition)) == 2003)
    }

    @Test func `a variable that the program has copied is the program's`() throws {
        // The program refers to it directly, so that the linker makes a copy there; the library's own is not used.
        let addition = """
            extern int limit;
            __attribute__((constructor)) static void raise_limit(void) { limit = 44; }
            """
        let project = try PatchProject(
            Self.original, program: addition, programFlags: "-fno-pie -no-pie")
        #expect(try answer(project) == 5444)
    }

    @Test func `a library that is bound symbolically uses its own`() throws {
        let addition = "int limit = 9; int helper(int x) { return x * 2; }"
        let project = try PatchProject(
            Self.original, flags: "-fvisibility=protected", program: addition)
        #expect(try answer(project) == 1303)
    }

    @Test func `an indirect function is what the dynamic linker has chosen for another file`() throws {
        let addition = """
            #include <strings.h>
            __attribute__((constructor)) static void use(void) { volatile const char *a = "a"; strcasecmp((const char *)a, "B"); }
            """
        let project = try PatchProject("int f(int x) { return x * 3 + 1; }", program: addition)
        let patch = try project.patch(
            """
            #include <strings.h>
            int f(int x) { char text[] = {'A', 'b' + x, 0}; return strcasecmp(text, "aD") == 0; }
            """)
        let target = try project.start()
        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        #expect(try target.call(2) == 1)
        #expect(try target.call(1) == 0)
    }

    @Test func `an indirect function that was not chosen yet is refused`() throws {
        let project = try PatchProject("int f(int x) { return x * 3 + 1; }")
        // Not even the C library itself calls it.
        let patch = try project.patch(
            """
            #include <wchar.h>
            int f(int x) { wchar_t text[] = {'A', 'b' + x, 0}; return wcsrchr(text, 'd') == text + 1; }
            """)
        let target = try project.start()
        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 3)
        #expect((apply.errors + apply.output).contains("wcsrchr"), "\(apply.errors)\(apply.output)")
        #expect(try target.call(10) == 31)
    }

    @Test func `an indirect function of the target's own is called through its slot`() throws {
        let original = """
            static int fast(int x) { return x * 7; }
            static int slow(int x) { return x * 5; }
            static int (*choose(void))(int) { return fast; }
            int chosen(int) __attribute__((ifunc("choose")));
            int f(int x) { return chosen(x) + 1; }
            int unused(int x) { return slow(x); }
            """
        let project = try PatchProject(original)
        let patch = try project.patch(
            original.replacing("return chosen(x) + 1;", with: "return chosen(x) * 10 + 2;"))
        let target = try project.start()
        #expect(try target.call(3) == 22)
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(3) == 212)
    }

    @Test func `what an indirect function has chosen is replaced`() throws {
        let original = """
            static int fast(int x) { return x * 7; }
            static int (*choose(void))(int) { return fast; }
            int chosen(int) __attribute__((ifunc("choose")));
            int f(int x) { return chosen(x) + 1; }
            """
        let project = try PatchProject(original)
        let patch = try project.patch(original.replacing("return x * 7;", with: "return x * 9 - 3;"))
        let target = try project.start()
        #expect(try target.call(3) == 22)
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(3) == 25)
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(3) == 22)
    }

    @Test func `a preloaded library's definitions come first, also for what the old code calls already`() throws {
        let original = """
            int first(int x) { return x + 1; }
            int helper(int x) { return x + 3; }
            int f(int x) { return first(x); }
            """
        let project = try PatchProject(original, flags: "-fno-inline -fsemantic-interposition")
        try project.directory.write(
            "int helper(int x) { return x * 2; } int first(int x) { return x * 5; }", to: "before.c")
        let made = try Command(
            "gcc", ["-shared", "-fPIC", "-O2", "before.c", "-o", "before.so"], in: project.directory.url)
        #expect(made.status == 0, "\(made.errors)")
        // The library exports all of its functions.
        let patch = try project.patch(
            original.replacing("return first(x);", with: "return first(x) * 1000 + helper(x);"))
        for (preloaded, before, after) in [("", 11, 11_013), (project.directory.path("before.so"), 50, 50_020)] {
            let target = try TargetProcess(
                program: "/usr/bin/env",
                ["LD_PRELOAD=" + preloaded, project.directory.path("project/program")])
            #expect(try target.call(10) == before)
            let apply = try Tools.host("apply", patch, "--pid", target.pid)
            #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
            #expect(try target.call(10) == after)
        }
    }

    @Test func `a library that is linked symbolically uses its own definitions`() throws {
        let addition = "int limit = 9; int helper(int x) { return x * 2; }"
        let project = try PatchProject(
            Self.original, as: .libraryWith("other.c", "int unused_here;", linking: "-s -Wl,-Bsymbolic"),
            program: addition)
        #expect(try answer(project) == 1303)
    }

    @Test func `each version of a symbol is the one that the source means`() throws {
        // The old one takes no null pointer, the new one allocates.
        let original = """
            #include <stdlib.h>
            extern char *old_realpath(const char *, char *);
            __asm__(".symver old_realpath,realpath@GLIBC_2.2.5");
            int f(int x) { return (old_realpath("/", 0) != 0) + x; }
            """
        let project = try PatchProject(original)
        let patch = try project.patch(
            original.replacing(
                "return (old_realpath", with: "return (realpath(\"/\", 0) != 0) * 10 + (old_realpath"))
        let artefact = try Artefact(parsing: try project.directory.read("fix.mend"))
        #expect(artefact.imports.map(\.description) == ["realpath@GLIBC_2.3"])
        let target = try project.start()
        #expect(try target.call(3) == 3)
        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        #expect(try target.call(3) == 13)
    }

    @Test func `a function has one address in the whole process`() throws {
        // A program at a fixed place has the address fixed in its code, and everybody else takes that one.
        let addition = """
            #include <stdlib.h>
            int (*the_same)(const char *) = atoi;
            __attribute__((noinline)) int is_same(int (*function)(const char *)) { return function == atoi; }
            """
        let project = try PatchProject(
            "extern int is_same(int (*)(const char *)); int f(int x) { return is_same(0) + x; }", program: addition,
            programFlags: "-fno-pie -no-pie")
        let patch = try project.patch(
            """
            #include <stdlib.h>
            extern int is_same(int (*)(const char *));
            int f(int x) { return is_same(atoi) * 100 + x; }
            """)
        let target = try project.start()
        #expect(try target.call(3) == 3)
        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        #expect(try target.call(3) == 103)
    }
}
