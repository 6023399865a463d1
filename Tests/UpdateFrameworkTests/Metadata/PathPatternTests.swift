// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import UpdateFramework

/// Patterns for paths.
@Suite struct PathPatternTests {
    // The first lines are the examples of the specification, 4.5.
    @Test(
        arguments: [
            ("targets/*.tgz", ["targets/foo.tgz", "targets/bar.tgz"], ["targets/foo.txt", "targets/a/foo.tgz"]),
            (
                "foo-version-?.tgz", ["foo-version-2.tgz", "foo-version-a.tgz"],
                ["foo-version-alpha.tgz", "foo-version-.tgz"]
            ),
            ("*.tgz", ["foo.tgz", ".tgz"], ["targets/foo.tgz", "foo.tgz/"]),
            ("foo.tgz", ["foo.tgz"], ["Foo.tgz", "foo.tgzx"]),
            ("*", ["", "a"], ["a/b"]), ("*/*", ["a/b", "/"], ["a", "a/b/c"]),
            ("a*b*c", ["abc", "aXbbYc"], ["ab", "acb"]),
            ("?", ["é", "😀"], ["", "ab", "/"]), ("[a-c]x", ["ax", "cx"], ["dx", "x"]),
            ("[!a-c]", ["d", "]"], ["a", "/"]),
            ("[]a]", ["]", "a"], ["b"]), ("[!]]", ["a"], ["]"]), ("[a", ["[a"], ["a"]), ("[", ["["], [""]),
            ("[c-a]", [], ["a", "b", "c", "-"]), ("[a-]", ["a", "-"], ["b"]), ("[*]", ["*"], ["a"]),
            ("\\*", ["\\a"], ["*"]),
            ("**", ["", "abc"], ["a/b"]), ("e\u{301}", ["e\u{301}"], ["\u{e9}"]),
        ] as [(String, [TargetPath], [TargetPath])])
    func `a pattern matches as a shell does`(pattern: String, matching: [TargetPath], others: [TargetPath]) {
        let pattern = PathPattern(pattern)
        for path in matching { #expect(pattern.matches(path), "\(path)") }
        for path in others { #expect(!pattern.matches(path), "\(path)") }
    }

    @Test(.timeLimit(.minutes(1))) func `a hostile pattern does not take long`() {
        let pattern = PathPattern(String(repeating: "a*", count: 2000) + "b")
        #expect(!pattern.matches(TargetPath(String(repeating: "a", count: 4000))))
    }

    @Test func `a hash prefix stands for the paths whose hash begins so`() {
        // SHA-256 of "a" is ca978112…
        func role(_ prefixes: [String]) -> DelegatedRole {
            DelegatedRole(
                name: "bin", signers: RoleSigners(keyIDs: [], threshold: 1), scope: .hashPrefixes(prefixes),
                isTerminating: false)
        }
        #expect(role(["00", "ca97"]).isTrusted(for: "a"))
        #expect(role([""]).isTrusted(for: "a"))
        #expect(!role(["ca98", "CA97"]).isTrusted(for: "a"))
        #expect(!role([]).isTrusted(for: "a"))
    }
}
