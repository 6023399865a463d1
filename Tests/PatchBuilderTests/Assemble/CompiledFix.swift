// SPDX-License-Identifier: Apache-2.0

import LivePatch
import TestSupport

@testable import PatchBuilder

/// A library of one C file, stripped as a distribution ships it, and a fix for it.
struct CompiledFix {
    /// The file's text without the fix.
    var original: String
    /// The file's text with it.
    var fixed: String
    /// What the target is compiled with, if not with what the builder uses.
    var targetFlags: [String]?
    /// What both compile with beside the usual.
    var extraFlags: [String] = []
    /// What the builds for comparison compile with after everything else.
    var lastFlags: [String] = []
    /// The text of further files of the library.
    var furtherUnits: [String] = []

    /// A fix from one text to another.
    init(original: String, fixed: String) {
        self.original = original
        self.fixed = fixed
    }

    /// Compiles everything and makes the artefact.
    func artefact() throws -> Artefact {
        let (unit, target) = try compiled()
        return try PatchAssembly.artefact(
            from: [unit], targets: [target],
            options: PatchOptions(level: 1, fixes: [], revertHazards: [], compiler: "gcc"))
    }

    /// Compiles everything and compares the types.
    func findings() throws -> [Finding] {
        let (objects, target) = try compiled()
        let choice = try TargetChoice(units: [objects], targets: [target])
        let units = try choice.units.map { objects, located in
            let original = try UnitObject(source: objects.source, bytes: objects.sectioned)
            let fixed = try UnitObject(source: objects.source, bytes: objects.fixed)
            return PatchUnit(
                located: located, diff: try UnitDiff(from: original, to: fixed), statements: objects.statements)
        }
        return TypeCheck(target: choice.object).findings(in: units)
    }

    /// Compiles everything.
    func compiled() throws -> (unit: UnitObjects, target: TargetFile) {
        let directory = try TemporaryDirectory()
        let flags = ["-O2", "-fPIC"] + extraFlags
        let sections = UnitCompiler.sectioning + lastFlags
        try directory.write(original, to: "unit.c")
        try compile((targetFlags ?? flags) + ["-c", "unit.c", "-o", "target.o"], in: directory)
        for (number, text) in furtherUnits.enumerated() {
            try directory.write(text, to: "further\(number).c")
            try compile(flags + ["-c", "further\(number).c"], in: directory)
        }
        let further = furtherUnits.indices.map { "further\($0).o" }
        try compile(
            ["-shared", "-s", "-Wl,--build-id=sha1", "-o", "libunit.so", "target.o"] + further, in: directory)
        try compile(flags + ["-c", "unit.c", "-o", "plain.o"], in: directory)
        let dump = "-fdump-tree-ssa=\(directory.path)/"
        try compile(flags + sections + [dump + "unfixed", "-c", "unit.c", "-o", "sectioned.o"], in: directory)
        try directory.write(fixed, to: "unit.c")
        try compile(flags + sections + [dump + "fixed", "-c", "unit.c", "-o", "fixed.o"], in: directory)
        let unit = UnitObjects(
            source: "unit.c", compileCommand: [], plain: try directory.read("plain.o"),
            sectioned: try directory.read("sectioned.o"), fixed: try directory.read("fixed.o"),
            statements: .init(unfixed: try? directory.read("unfixed"), fixed: try? directory.read("fixed")))
        let target = TargetFile(
            name: "libunit.so", path: directory.path("libunit.so"), bytes: try directory.read("libunit.so"),
            package: nil)
        return (unit, target)
    }
}
