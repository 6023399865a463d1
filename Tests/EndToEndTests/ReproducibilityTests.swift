// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The same source and the same fix make the same patch, wherever they are built.
@Suite(.timeLimit(.minutes(10))) struct ReproducibilityTests {
    private static let original = """
        #include <assert.h>
        #include <stdlib.h>
        static const char *const names[] = {"one", "two", __FILE__};
        int f(int x) { static int calls; assert(x >= 0); calls++; return x * 3 + names[x % 3][0] + calls; }
        int g(int x) { return f(x) * 7; }
        """
    private static let fixed =
        original
        .replacing("x * 3", with: "x * 4 + div(x, 2).rem")
        .replacing("f(x) * 7", with: "f(x) * 9 + (int)sizeof __FILE__")

    @Test func `two caches at different places make the same bytes`() throws {
        let project = try PatchProject(Self.original)
        let first = try project.patch(Self.fixed, to: "first.mend")
        let again = try project.patch(Self.fixed, to: "again.mend")
        let elsewhere = try project.patch(
            Self.fixed, to: "elsewhere.mend", options: ["--cache", project.directory.path("a-longer-name-for-a-cache")])
        let bytes = try Data(contentsOf: URL(filePath: first))
        #expect(try Data(contentsOf: URL(filePath: again)) == bytes)
        #expect(try Data(contentsOf: URL(filePath: elsewhere)) == bytes)
    }
}
