// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// A program is patched however it was compiled and linked.
@Suite(.timeLimit(.minutes(10))) struct LinkageTests {
    static let linkages: [(flags: String, linking: String)] = [
        ("-O2", ""), ("-O2 -fno-pie", "-no-pie"), ("-O2 -fno-pie", "-no-pie -static"), ("-O2 -fPIE", "-static-pie"),
        ("-O0", ""), ("-O3 -g", "-s"), ("-O2 -fno-plt", ""), ("-Os", ""), ("-O2 -fcf-protection=full", "-Wl,-z,now"),
        ("-O2 -ffunction-sections -fdata-sections", "-Wl,--gc-sections"),
    ]

    private static let original = """
        #include <string.h>
        int total; static const char *const labels[] = {"zero", "one", "twoo"};
        static int choose(int x) {
          switch (x) { case 0: return 5; case 1: return 17; case 2: return 23; case 3: return 9; default: return x * 2; }
        }
        int f(int x) { static int calls; calls++; total += x; return choose(x) + (int)strlen(labels[x % 3]) + calls * 1000; }
        """
    private static let fixed =
        original
        .replacing("case 1: return 17;", with: "case 1: return 18;")
        .replacing(
            "int f(int x) {",
            with: "static int more(const char *s) { static int n; return ++n * 100 + s[0]; }\nint f(int x) {"
        )
        .replacing("return choose(x)", with: "return more(\"A\") + total * 10000 + choose(x)")

    @Test(arguments: linkages)
    func `a program is patched, reverted and patched again`(flags: String, linking: String) throws {
        let project = try PatchProject(Self.original, as: .program(flags: flags, linking: linking))
        let patch = try project.patch(Self.fixed)
        let target = try project.start()
        #expect(try target.call(1) == 1020)
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        // total 2, more 100 + 'A', choose 18, strlen 3, calls 2
        #expect(try target.call(1) == 20_000 + 165 + 18 + 3 + 2000)
        #expect(try target.call(1) == 30_000 + 265 + 18 + 3 + 3000)
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(1) == 4020)
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        // The patch's own variables begin anew.
        #expect(try target.call(1) == 50_000 + 165 + 18 + 3 + 5000)
    }
}
