// SPDX-License-Identifier: Apache-2.0

import LivePatch
import TestSupport

@testable import PatchBuilder

/// A library of one assembler file and a C file that uses it, stripped, and a fix of the assembler.
struct AssemblerFix {
    var original: String
    var fixed: String
    /// Further C or assembler code of the library, by file name.
    var others: [String: String] = [:]
    var waivers = [Waiver(rule: .changedAssembler, reason: "read")]

    /// Assembles everything and makes the artefact.
    func artefact() throws -> Artefact {
        let (unit, target) = try assembled()
        return try PatchAssembly.artefact(
            from: [unit], targets: [target],
            options: PatchOptions(level: 1, fixes: [], revertHazards: [], waivers: waivers, compiler: "gcc"))
    }

    /// Assembles everything.
    func assembled() throws -> (unit: UnitObjects, target: TargetFile) {
        let directory = try TemporaryDirectory()
        let end = "\n.section .note.GNU-stack,\"\",@progbits\n"
        try directory.write(original + end, to: "unit.S")
        try compile(["-c", "unit.S", "-o", "plain.o"], in: directory)
        try directory.write(fixed + end, to: "unit.S")
        try compile(["-c", "unit.S", "-o", "fixed.o"], in: directory)
        for (name, text) in others { try directory.write(text + "\n", to: name) }
        try compile(
            ["-O2", "-fPIC", "-shared", "-s", "-Wl,--build-id=sha1", "-o", "libunit.so", "plain.o"]
                + others.keys.sorted(),
            in: directory)
        let plain: [UInt8] = try directory.read("plain.o")
        let unit = UnitObjects(
            source: "unit.S", compileCommand: [], plain: plain, sectioned: plain, fixed: try directory.read("fixed.o"),
            isAssembler: true)
        let target = TargetFile(
            name: "libunit.so", path: directory.path("libunit.so"), bytes: try directory.read("libunit.so"),
            package: nil)
        return (unit, target)
    }
}
