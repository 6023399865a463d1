// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Exceptions, cancellation and backtraces pass through patched code, and C++ is patched like C.
@Suite(.timeLimit(.minutes(10))) struct ExceptionTests {
    private static let original = """
        #include <stdexcept>
        #include <vector>
        #include <execinfo.h>
        #include <pthread.h>
        #include <unistd.h>
        static int cleanups;
        struct Guard { int &n; ~Guard() { n++; } };
        __attribute__((noinline)) static int thrower(int x) {
          if (x > 100) throw std::runtime_error("big");
          if (x < 0) throw x;
          return x;
        }
        __attribute__((noinline)) int middle(int x) { Guard g{cleanups}; return thrower(x) + 1; }
        struct Shape { virtual ~Shape() {} virtual int area(int x) const { return x + 70; } };
        struct Square : Shape { int area(int x) const override { return x * x * 5; } };
        __attribute__((noinline)) static const Shape &shape(int x) {
          static Square square; static Shape other;
          if (x & 1) return square;
          return other;
        }
        struct Counter { static int count(int x) { static std::vector<int> seen{1, 2}; seen.push_back(x); return seen.size(); } };
        __attribute__((noinline)) static int depth(int x) { void *frames[64]; return backtrace(frames, 64) + x * 1000; }
        __attribute__((noinline)) int waiting(int x) { Guard g{cleanups}; while (cleanups < 99999) pause(); return x + 1; }
        static void *cancelled(void *x) { Guard g{cleanups}; return (void *)(long)waiting((int)(long)x); }
        extern "C" int f(int x) {
          if (x == 50) {
            pthread_t thread; void *result; int before = cleanups;
            if (pthread_create(&thread, 0, cancelled, 0)) return -1;
            usleep(20000);
            if (pthread_cancel(thread) || pthread_join(thread, &result)) return -2;
            return (result == PTHREAD_CANCELED ? 1 : 0) * 100 + cleanups - before;
          }
          if (x == 60) return depth(1) % 1000;
          try { return middle(x) * 10 + shape(x).area(3) + Counter::count(x) * 100000; }
          catch (const std::runtime_error &e) { return 1000 + cleanups; }
          catch (int i) { return 2000 - i; }
        }
        """

    /// Only what exceptions pass through.
    private static let passedThrough =
        original
        .replacing("return thrower(x) + 1;", with: "return thrower(x) + 2;")
        .replacing(
            "while (cleanups < 99999) pause(); return x + 1;",
            with: "while (cleanups < 99999) { pause(); cleanups += 7; } return x + 2;"
        )
        .replacing(
            "return backtrace(frames, 64) + x * 1000;",
            with: "int n = backtrace(frames, 64); return n + x * 1000 * n;")

    /// What throws, what catches, what is inline, virtual, and initialised when it is first used.
    private static let thrown =
        passedThrough
        .replacing(
            "if (x < 0) throw x;",
            with:
                "if (x < 0) throw x; if (x == 77) throw 'c'; if (x == 78) throw std::out_of_range(\"x\");"
        )
        .replacing(
            "catch (int i) { return 2000 - i; }",
            with:
                "catch (int i) { return 3000 - i; } catch (char c) { return c; } catch (const std::logic_error &e) { static const int made = cleanups * 0 + 9; return 4000 + made; }"
        )
        .replacing("return x * x * 5;", with: "return x * x * 6;")
        .replacing(
            "seen.push_back(x); return seen.size();",
            with: "seen.push_back(x); seen.push_back(x); return seen.size();")

    private func patch(_ project: PatchProject, _ fixed: String, _ name: String) throws -> String {
        // Which waivers are needed depends on what the review understands of C++.
        let first = try project.build(fixed, to: name)
        if first.status == 0 { return project.directory.path(name) }
        let rules = ["fields-not-compared", "different-calls", "changed-meaning", "reads-unset-field"]
            .filter { first.errors.contains("\n\($0):") }
        #expect(!rules.isEmpty, "\(first.errors)")
        return try project.patch(
            fixed, to: name, options: rules.flatMap { ["--waive", "\($0)=compared by hand"] })
    }

    static let products: [PatchProject.Product] = [
        .library, .program(flags: "-O2", linking: ""),
        .program(flags: "-O2 -fno-pie", linking: "-no-pie"),
        .program(flags: "-O2 -fno-pie", linking: "-no-pie -static"),
        .program(flags: "-O2 -fPIE", linking: "-static-pie"),
    ]

    @Test(arguments: products)
    func `exceptions, cancellation and backtraces pass through replaced code`(
        product: PatchProject.Product
    ) throws {
        let project = try PatchProject(Self.original, in: .cxx, as: product)
        let patch = try patch(project, Self.passedThrough, "first.mend")
        let target = try project.start()
        let frames = try #require(try target.call(60))
        #expect(frames > 3)
        for isPatched in [false, true, false, true] {
            if isPatched {
                let apply = try Tools.host("apply", patch, "--pid", target.pid)
                #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
            }
            #expect(try target.call(2).map { $0 % 100_000 } == (isPatched ? 113 : 103))
            let before = try #require(try target.call(101))
            #expect(try target.call(101) == before + 1, "the cleanup has run once")
            #expect(try target.call(-7) == 2007)
            #expect(try target.call(50) == 102, "cancelled, with the cleanups of both frames")
            #expect(try target.call(60) == frames)
            if isPatched { #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0) }
        }
    }

    @Test
    func `what throws and catches, inline and virtual functions, and static locals are replaced`()
        throws
    {
        let project = try PatchProject(Self.original, in: .cxx)
        let patch = try patch(project, Self.thrown, "second.mend")
        let target = try project.start()
        #expect(try target.call(3) == 40 + 45 + 300_000)
        #expect(try target.call(77) == 780 + 45 + 400_000)
        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        #expect(try target.call(3) == 50 + 54 + 600_000, "the same vector")
        #expect(try target.call(4) == 60 + 73 + 800_000)
        #expect(try target.call(-7) == 3007)
        #expect(try target.call(77) == 99)
        #expect(try target.call(78) == 4009)
        #expect((try target.call(101) ?? 0) >= 1005)
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(77) == 780 + 45 + 900_000)
    }

    @Test func `an unwinder that is linked into a stripped program is refused`() throws {
        let project = try PatchProject(
            Self.original, in: .cxx, as: .program(flags: "-O2 -fno-pie", linking: "-no-pie -static -s"))
        let build = try project.build(
            Self.passedThrough, options: ["--waive", "fields-not-compared=compared by hand"])
        #expect(build.status == 3)
        #expect(build.errors.contains("the target's unwinder is linked into it"), "\(build.errors)")
    }
}
