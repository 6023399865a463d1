// SPDX-License-Identifier: Apache-2.0

import ELF
import Foundation
import KernelTesting
import TestSupport

@testable import PatchBuilder

/// Live patches of the module `test_ledger` that the builder's own parts make: the differ, the author's header, the module's
/// glue.
struct HookModules {
    /// The modules, by their names.
    private(set) var modules: [String: [UInt8]] = [:]

    /// A patch of units, each a text that takes the place of another in the module's source.
    struct Patch {
        var name: String
        var units: [[String: String]]
    }

    private let kernel: TestKernel
    private let directory: TemporaryDirectory
    private let source: String

    init(_ patches: [Patch], for kernel: TestKernel) throws {
        self.kernel = kernel
        directory = try TemporaryDirectory()
        source = try kernel.source(of: "test_ledger")
        let objects = try compiled(patches)
        try link(patches, objects)
    }

    private func name(_ patch: Patch, _ unit: Int) -> String { "\(patch.name)_\(unit)" }

    /// The unit as it is, and with each change, compiled as the kernel's build does.
    private func compiled(_ patches: [Patch]) throws -> [String: [UInt8]] {
        var texts = ["original": source]
        for patch in patches {
            for (unit, changes) in patch.units.enumerated() {
                texts[name(patch, unit)] = changes.reduce(source) { $0.replacing($1.key, with: $1.value) }
            }
        }
        for (name, text) in texts { try directory.write(text, to: "units/\(name).c") }
        try directory.write(AuthorHeader.kernel.text, to: "header/\(AuthorHeader.name)")
        try directory.write(
            """
            obj-m := \(texts.keys.sorted().map { $0 + ".o" }.joined(separator: " "))
            ccflags-y := -ffunction-sections -fdata-sections -idirafter $(src)/../header

            """, to: "units/Makefile")
        try make("units")
        var objects: [String: [UInt8]] = [:]
        for name in texts.keys { objects[name] = try directory.read("units/\(name).o") }
        return objects
    }

    private mutating func link(_ patches: [Patch], _ objects: [String: [UInt8]]) throws {
        let shipped = try ObjectFile(parsing: try kernel.module("test_ledger"))
        let exports = try Data(contentsOf: URL(filePath: kernel.headers + "/Module.symvers"))
        let linkage = KernelLinkage(
            parent: "test_ledger", symbols: ParentSymbols(of: shipped),
            exports: try ExportTable(parsing: Array(exports)))
        let original = try KernelUnit(name: "original.c", bytes: objects["original"] ?? [])
        var makefile = "obj-m := \(patches.map { $0.name + ".o" }.joined(separator: " "))\n"
        for patch in patches {
            var units: [KernelPatchUnit] = []
            for unit in patch.units.indices {
                let name = name(patch, unit)
                let patched = try KernelUnit(name: name + ".c", bytes: objects[name] ?? [])
                let selection = try PieceSelection(try KernelUnitDiff(from: original, to: patched))
                guard selection.obstacles.isEmpty else { throw KernelRefusal.obstacles(selection.obstacles) }
                units.append(KernelPatchUnit(selection: selection, linkage: linkage))
            }
            try directory.write(try KernelPatchObject(units).write(), to: "patches/\(patch.name)_code.o_shipped")
            try directory.write([UInt8](), to: "patches/.\(patch.name)_code.o.cmd")
            try directory.write(PackageResources.module_c, to: "patches/\(patch.name)_main.c")
            makefile += "\(patch.name)-y := \(patch.name)_main.o \(patch.name)_code.o\n"
        }
        try directory.write(makefile, to: "patches/Makefile")
        try make("patches", ["KBUILD_MODPOST_WARN=1"])
        for patch in patches {
            modules[patch.name] = try LivepatchModule.finished(try directory.read("patches/\(patch.name).ko"))
        }
    }

    private func make(_ folder: String, _ arguments: [String] = []) throws {
        _ = try TestKernel.run(
            "make", ["-s", "-C", kernel.headers, "M=" + directory.path(folder)] + arguments + ["modules"])
    }

    subscript(name: String) -> [UInt8] { modules[name] ?? [] }
}
