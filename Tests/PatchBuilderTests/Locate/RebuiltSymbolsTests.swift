// SPDX-License-Identifier: Apache-2.0

import ELF
import LivePatch
import TestSupport
import Testing

@testable import PatchBuilder

/// Telling equal code apart by the symbols of the same file before it was stripped.
@Suite struct `Placing equal code` {
    let directory: TemporaryDirectory

    /// A library of two units whose only function is private and the same in both.
    init() throws {
        directory = try TemporaryDirectory()
        for name in ["one", "two"] {
            try directory.write(Self.text(name, adding: 1), to: name + ".c")
            try compile(["-O2", "-fPIC", "-c", name + ".c", "-o", name + ".o"], in: directory)
        }
        try compile(["-shared", "-Wl,--build-id=sha1", "-o", "unstripped.so", "one.o", "two.o"], in: directory)
        _ = try Command("strip", ["-o", "stripped.so", "unstripped.so"], in: directory.url)
    }

    private static func text(_ name: String, adding number: Int) -> String {
        "static int work(int x) { return x * 3 + \(number); }\nint (*const \(name)_table[])(int) = { work };\n"
    }

    func artefact(of name: String, rebuilt: String?) throws -> Artefact {
        let options = ["-O2", "-fPIC", "-ffunction-sections", "-fdata-sections", "-g2", "-c", name + ".c", "-o"]
        try compile(options + ["sectioned.o"], in: directory)
        try directory.write(Self.text(name, adding: 2), to: name + ".c")
        try compile(options + ["fixed.o"], in: directory)
        let unit = UnitObjects(
            source: "src/\(name).c", compileCommand: [], plain: try directory.read(name + ".o"),
            sectioned: try directory.read("sectioned.o"), fixed: try directory.read("fixed.o"))
        var target = TargetFile(
            name: "stripped.so", path: directory.path("stripped.so"), bytes: try directory.read("stripped.so"),
            package: nil)
        if let rebuilt {
            let object = try ObjectFile(parsing: try directory.read(rebuilt))
            target.rebuilt = RebuiltFile(buildID: try #require(object.buildID), path: directory.path(rebuilt))
        }
        let waivers = [Waiver(rule: .fieldsNotCompared, reason: "the test has no statements")]
        return try PatchAssembly.artefact(
            from: [unit], targets: [target],
            options: PatchOptions(level: 1, fixes: [], revertHazards: [], waivers: waivers, compiler: "gcc"))
    }

    @Test(arguments: ["one", "two"])
    func `private functions are told apart by the file that they are of`(name: String) throws {
        let symbols = try Command("readelf", ["--symbols", "--wide", directory.path("unstripped.so")]).output
        let lines = symbols.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        let file = try #require(lines.firstIndex { $0.last == name + ".c" })
        let function = try #require(lines[file...].first { $0.last == "work" })
        let artefact = try artefact(of: name, rebuilt: "unstripped.so")
        #expect(artefact.manifest.functions.first?.pieces.first?.address == UInt64(function[1], radix: 16))
        #expect(artefact.manifest.evidence.map(\.kind) == [.code, .compiler, .rebuild])
    }

    @Test func `without symbols the answer says that they are silent`() throws {
        let error = #expect(throws: PatchRefusal.self) { try artefact(of: "one", rebuilt: "stripped.so") }
        guard case .unitAmbiguous(_, _, _, _, .silent) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `another file tells nothing, and its build ID is named`() throws {
        try compile(["-shared", "-Wl,--build-id=0x1234", "-o", "other.so", "one.o", "two.o"], in: directory)
        let error = #expect(throws: PatchRefusal.self) { try artefact(of: "one", rebuilt: "other.so") }
        guard case .unitAmbiguous(_, _, _, _, .differs("1234")) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
