// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import UpdateFramework

/// Names of roles, targets and files.
@Suite struct NameTests {
    @Test func `names are equal when their bytes are`() {
        #expect(TargetPath("e\u{301}") != TargetPath("\u{e9}"))
        #expect(Set([TargetPath("e\u{301}"), TargetPath("\u{e9}"), TargetPath("\u{e9}")]).count == 2)
        #expect(RoleName("Z") < RoleName("a"))
    }

    @Test(arguments: [
        ("targets", "targets.json"), ("?", "%3F.json"), ("#", "%23.json"), ("/x", "%2Fx.json"),
        ("../x", "..%2Fx.json"), ("a b", "a%20b.json"), ("é", "%C3%A9.json"), ("~-._", "~-._.json"),
        ("%41", "%2541.json"),
    ])
    func `a role's name is one part of a URL`(role: RoleName, name: String) {
        #expect(FileNaming.metadata(role, version: nil) == name)
        #expect(FileNaming.metadata(role, version: 12) == "12." + name)
    }

    @Test(arguments: [
        ("a", "HASH.a"), ("a/b c", "a/HASH.b%20c"), ("/a", "/HASH.a"), ("a/", "a/HASH."), ("é/?", "%C3%A9/HASH.%3F"),
    ])
    func `a target's hash stands before the last part`(path: TargetPath, name: String) {
        #expect(FileNaming.target(path, hash: "HASH") == name)
    }

    @Test func `a local name stays in its folder`() {
        #expect(FileNaming.local("..") == "%2E.")
        #expect(FileNaming.local(".") == "%2E")
        #expect(FileNaming.local(".a.XXXXXX") == "%2Ea.XXXXXX")
        #expect(FileNaming.local("../../etc/passwd") == "%2E.%2F..%2Fetc%2Fpasswd")
        #expect(FileNaming.local("") == nil)
        #expect(FileNaming.local(String(repeating: "a", count: 247)) != nil)
        #expect(FileNaming.local(String(repeating: "a", count: 248)) == nil)
        #expect(FileNaming.local(String(repeating: "é", count: 42)) == nil)
        #expect(FileNaming.local(String(repeating: "a", count: 243), suffix: ".json") == nil)
    }

    @Test(arguments: [
        ("a/b", "a/b"), ("a%20b", "a b"), ("..%2Fx", nil), ("a/../b", nil), ("./a", nil), ("/a", nil), ("a//b", nil),
        ("%2e%2E/a", nil), ("%00", nil), ("%", nil), ("%4", nil), ("%4g", nil), ("%ff", nil), ("", nil),
    ])
    func `a path stays in the folder of a repository`(encoded: String, relative: String?) {
        #expect(FileNaming.relativePath(ofEncoded: encoded) == relative)
    }
}
