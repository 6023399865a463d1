// SPDX-License-Identifier: Apache-2.0

import LivePatch
import TestSupport
import Testing

@testable import PatchBuilder

@Suite struct `Telling which shipped file a unit is in` {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A function that is long enough to be no chance.
    static func text(_ name: String, limit: Int = 64) -> String {
        // Another number for each name, so that no two functions have the same code.
        let seed = name.utf8.reduce(0) { $0 * 3 + Int($1) }
        return """
            extern int write(int, const char *, int);
            static int sum_\(name)(const char *t) { int s = \(seed); while (*t) s = s * 31 + *t++; return s; }
            int \(name)(const char *t, int n) {
                if (n > \(limit)) { write(2, t, n); return sum_\(name)(t) - n; }
                for (int i = 0; i < n; i++) if (t[i] == \(seed % 90)) n += sum_\(name)(t + i);
                return n;
            }

            """
    }

    func unit(_ source: String, from text: String, to fixed: String, flags: [String] = []) throws -> UnitObjects {
        let flags = ["-O2", "-fPIC"] + flags
        try directory.write(text, to: source)
        try compile(flags + ["-c", source, "-o", "plain.o"], in: directory)
        let (sectioned, unfixed) = try sectioned(source, flags: flags)
        try directory.write(fixed, to: source)
        let (fixed, statements) = try self.sectioned(source, flags: flags)
        return UnitObjects(
            source: source, compileCommand: flags, plain: try directory.read("plain.o"), sectioned: sectioned,
            fixed: fixed, statements: .init(unfixed: unfixed, fixed: statements))
    }

    func sectioned(_ source: String, flags: [String]) throws -> (object: [UInt8], statements: [UInt8]) {
        let dump = GimpleDump.option(writingTo: directory.path("statements"))
        try compile(flags + UnitCompiler.sectioning + [dump, "-c", source, "-o", "sectioned.o"], in: directory)
        return (try directory.read("sectioned.o"), try directory.read("statements"))
    }

    func fixed(_ name: String, flags: [String] = []) throws -> UnitObjects {
        try unit(name + ".c", from: Self.text(name), to: Self.text(name, limit: 32), flags: flags)
    }

    func library(_ name: String, of texts: [String], flags: [String] = []) throws -> TargetFile {
        for (number, text) in texts.enumerated() { try directory.write(text, to: "member\(number).c") }
        try compile(
            ["-O2", "-fPIC", "-shared", "-s", "-Wl,--build-id=sha1", "-o", name] + flags
                + texts.indices.map { "member\($0).c" }, in: directory)
        return TargetFile(
            name: name, path: directory.path(name), bytes: try directory.read(name), package: nil)
    }

    @Test func `each file gets its units, and what is in none is named`() throws {
        let targets = [
            try library("liba.so", of: [Self.text("one"), Self.text("shared")]),
            try library("libb.so", of: [Self.text("two"), Self.text("shared")]),
            try library("libc.so", of: [Self.text("three")]),
        ]
        let units = try ["one", "two", "shared", "test"].map { try fixed($0) }
        let shares = try TargetShares(of: units, among: targets)
        #expect(shares.shares.map(\.target.name) == ["liba.so", "libb.so"])
        #expect(shares.shares.map { $0.units.map(\.source) } == [["one.c", "shared.c"], ["two.c", "shared.c"]])
        #expect(shares.elsewhere == ["test.c"])
        let patches = try shares.shares.map {
            try PatchAssembly.artefact(
                from: $0.units, targets: [$0.target],
                options: PatchOptions(level: 1, fixes: [], revertHazards: [], compiler: "gcc"))
        }
        #expect(patches.map { $0.manifest.functions.map(\.name) } == [["one", "shared"], ["two", "shared"]])
    }

    /// The same code for every name, with a table that differs.
    private static func template(_ name: String, limit: Int = 64) -> String {
        """
        static const int table[] = {\(name.utf8.map { "\($0)" }.joined(separator: ", ")), 7, 8, 9, 10};
        int convert(const char *t, int n) {
            int s = 0;
            for (int i = 0; i < n && i < \(limit); i++) s = s * 31 + table[(unsigned char)t[i] % 7] * t[i];
            return s;
        }

        """
    }

    @Test func `modules of one template are told apart by their tables`() throws {
        let names = ["one", "two", "six"]
        let targets = try names.map { try library("lib\($0).so", of: [Self.template($0)]) }
        let units = try names.map { try unit($0 + ".c", from: Self.template($0), to: Self.template($0, limit: 32)) }
        let shares = try TargetShares(of: units, among: targets)
        #expect(shares.shares.map(\.target.name) == ["libone.so", "libtwo.so", "libsix.so"])
        #expect(shares.shares.map { $0.units.map(\.source) } == [["one.c"], ["two.c"], ["six.c"]])
        let two = try TargetShares(of: Array(units.dropLast()), among: targets)
        #expect(throws: PatchRefusal.self, "what is in the third is not known") {
            for share in two.shares {
                _ = try PatchAssembly.artefact(
                    from: share.units, targets: [share.target],
                    options: PatchOptions(level: 1, fixes: [], revertHazards: [], compiler: "gcc"))
            }
        }
    }

    @Test func `of several builds of a source the one that is there is taken`() throws {
        let target = try library("liba.so", of: [Self.text("one")])
        let units = [try fixed("one", flags: ["-O1"]), try fixed("one")]
        let shares = try TargetShares(of: units, among: [target, try library("libb.so", of: [Self.text("two")])])
        #expect(shares.shares.map { $0.units.map(\.plain) } == [[units[1].plain]])
        #expect(shares.elsewhere.isEmpty)
    }

    @Test func `two builds of a source that are both there are both taken`() throws {
        let both = Self.text("one").replacing("int one(", with: "int NAME(").replacing("> 64", with: "> LIMIT")
        let variants = [("p", "64"), ("q", "96")]
        let target = try library(
            "liba.so", of: variants.map { both.replacing("NAME", with: $0).replacing("LIMIT", with: $1) })
        let units = try variants.map {
            try unit(
                "one.c", from: both, to: both.replacing("> LIMIT", with: "> LIMIT / 2"),
                flags: ["-DNAME=\($0)", "-DLIMIT=\($1)"])
        }
        let artefact = try PatchAssembly.artefact(
            from: units, targets: [target],
            options: PatchOptions(level: 1, fixes: [], revertHazards: [], compiler: "gcc"))
        #expect(Set(artefact.manifest.functions.map(\.name)) == ["p", "q"])
    }

    @Test func `a unit without a changed function is told apart`() throws {
        let target = try library("liba.so", of: [Self.text("one"), Self.text("two")])
        let same = try unit("two.c", from: Self.text("two"), to: Self.text("two"))
        let shares = try TargetShares(of: [try fixed("one"), same], among: [target])
        #expect(shares.unchanged == ["two.c"])
        #expect(shares.shares.map { $0.units.map(\.source) } == [["one.c"]])
        #expect(try TargetShares(of: [same], among: [target]).shares.isEmpty)
    }

    @Test func `a unit that is there in another build is not left out`() throws {
        let target = try library(
            "liba.so", of: [Self.text("one"), Self.text("two")], flags: ["-O3", "-funroll-loops"])
        let units = [try fixed("one", flags: ["-O3", "-funroll-loops"]), try fixed("two", flags: ["-Os"])]
        let shares = try TargetShares(of: units, among: [target])
        #expect(shares.shares.map { $0.units.map(\.source) } == [["one.c", "two.c"]])
        #expect(throws: PatchRefusal.self) {
            try PatchAssembly.artefact(
                from: shares.shares[0].units, targets: [target],
                options: PatchOptions(level: 1, fixes: [], revertHazards: [], compiler: "gcc"))
        }
    }

    @Test func `units that are all in no file are refused`() throws {
        let target = try library("liba.so", of: [Self.text("one")])
        #expect(throws: PatchRefusal.self) { try TargetShares(of: [try fixed("two")], among: [target]) }
    }

    @Test func `a unit too small to be told apart goes with the others, or is refused`() throws {
        let tiny = "int tiny(int x) { return x * 7 + 3; }\n"
        let targets = [
            try library("liba.so", of: [tiny, Self.text("one")]), try library("libb.so", of: [tiny, Self.text("two")]),
        ]
        let unit = try unit("tiny.c", from: tiny, to: tiny.replacing("3", with: "4"))
        let shares = try TargetShares(of: [unit, try fixed("two")], among: targets)
        #expect(shares.shares.map { $0.units.map(\.source) } == [["tiny.c", "two.c"]])
        #expect(throws: PatchRefusal.unclearTarget(unit: "tiny.c", targets: ["liba.so", "libb.so"])) {
            try TargetShares(of: [unit], among: targets)
        }
    }

    @Test func `a file is named by the end of its path`() throws {
        let targets = ["/a/lib.so", "/b/lib.so", "/b/other.so"].map {
            TargetFile(name: String($0.split(separator: "/")[1]), path: $0, bytes: [], package: nil)
        }
        #expect(try TargetShares.target(named: "b/lib.so", among: targets).path == "/b/lib.so")
        #expect(try TargetShares.target(named: "other.so", among: targets).path == "/b/other.so")
        #expect(throws: PatchRefusal.self) { try TargetShares.target(named: "lib.so", among: targets) }
        #expect(throws: PatchRefusal.self) { try TargetShares.target(named: "ther.so", among: targets) }
    }
}
