// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivePatch
import TestSupport
import Testing

@testable import PatchBuilder

/// What the kernel's own tool says of the types of exported symbols, without a fix and with it.
@Suite(.timeLimit(.minutes(10))) struct ExportChecksumTests {
    private static let source = """
        #ifdef __GENKSYMS__
        #define EXPORT_SYMBOL(name) __GENKSYMS_EXPORT_SYMBOL(name)
        #else
        #define EXPORT_SYMBOL(name) const char __ksymtab_##name = 1
        #endif
        #include "item.h"
        int show(struct item *item, long limit)
        {
            return item->count > limit;
        }
        EXPORT_SYMBOL(show);
        int count(int x)
        {
            return x + 1;
        }
        EXPORT_SYMBOL(count);

        """
    private static let header = "struct item { int count; };\n"

    /// A build root of a kernel that consists of one unit, and whose build has noted what it does.
    private static func root(in directory: TemporaryDirectory) throws -> KernelRoot {
        let root = BuildRoot(path: directory.path("root"))
        try root.createDirectories()
        let package = try #require(try KernelPackage(parsing: "linux=6.1.1-1", flavour: nil))
        let kernel = KernelRoot(
            root: root, package: package, record: KernelRecord(release: "6.1.0-1-amd64", packages: []),
            progress: { _ in })
        try directory.write(source, to: "root/tree/unit.c")
        try directory.write(header, to: "root/tree/item.h")
        let tool = kernel.tree + "/scripts/genksyms"
        try FileManager.default.createDirectory(atPath: tool, withIntermediateDirectories: true)
        let packages = try SmallKernel.packages() + "/usr/lib"
        let kbuild = try packages + "/" + SmallKernel.only("linux-kbuild-", of: packages)
        try FileManager.default.copyItem(atPath: kbuild + "/scripts/genksyms/genksyms", toPath: tool + "/genksyms")
        let said = try Command(
            "sh", ["-c", "gcc -E -D__GENKSYMS__ unit.c | scripts/genksyms/genksyms -r /dev/null"],
            in: directory.url.appending(path: "root/tree"))
        #expect(said.status == 0 && said.output.contains("#SYMVER show 0x"), "\(said.errors)")
        let note = "cmd_unit.o := gcc -Wp,-MMD,.unit.o.d -O2 -c -o unit.o unit.c\n\n" + said.output
        try Data(note.utf8).write(to: URL(filePath: kernel.kept("unit.c")))
        try directory.write("", to: "root/objects/module-check")
        let compiled = try Command("gcc", ["-O2", "-c", "-o", kernel.plainPath(of: "unit.o"), kernel.tree + "/unit.c"])
        #expect(compiled.status == 0, "\(compiled.errors)")
        return kernel
    }

    private static func unit(fixing file: String, _ old: String, _ new: String) async throws -> KernelUnitBuild {
        // A build sees nothing of /tmp but its own folder.
        let directory = try TemporaryDirectory(in: URL(filePath: "/tmp"))
        let root = try root(in: directory)
        let text = (file == "unit.c" ? source : header).replacing(old, with: new)
        let touched = TouchedFile(path: file, fixedText: Array(text.utf8))
        return try #require(try await root.build(["unit.c"], fixedBy: [touched]).units.first)
    }

    @Test(arguments: [
        ("unit.c", "long limit", "int limit", ["show"]),
        ("item.h", "int count", "long count", ["show"]),
        ("unit.c", "int count(int x)", "long count(int x)", ["count"]),
        ("unit.c", "EXPORT_SYMBOL(count);", "", ["count"]),
        ("unit.c", "> limit", ">= limit", []),
    ])
    func `a fix that makes the types of an export others is found`(
        file: String, old: String, new: String, changed: [String]
    ) async throws {
        let unit = try await Self.unit(fixing: file, old, new)
        #expect(unit.command.checksums.keys.sorted() == ["count", "show"])
        #expect(unit.changedExports == changed)
        let finding = unit.changedExportsFinding
        #expect(finding?.symbols ?? [] == changed && finding?.isBlocking != false)
    }

    @Test func `an unfixed unit must export what the kernel exports, of the same types`() throws {
        let table = try ExportTable(
            parsing: Array(
                "0x0000000a\tshow\tvmlinux\tEXPORT_SYMBOL\t\n0x00000000\tplain\tvmlinux\tEXPORT_SYMBOL\t".utf8))
        #expect(table.differences(from: ["show", "plain"], ["show": 10]) == [])
        #expect(
            table.differences(from: ["show"], ["show": 11]) == ["the exported show has another checksum of its types"])
        #expect(table.differences(from: ["show"], [:]) == ["the exported show has another checksum of its types"])
        #expect(table.differences(from: ["other"], [:]) == ["the kernel does not export other"])
        #expect(table.differences(from: [], ["other": 1]) == ["the kernel does not export other"])
    }

    @Test func `what a unit exports is told by its symbols`() throws {
        let source =
            "const char __ksymtab_old = 1; extern char __ksymtab_used; char *f(void) { return &__ksymtab_used; }"
        let newer = "\nasm(\".section .export_symbol,\\\"a\\\"\\n__export_symbol_newer: .quad f\\n.previous\");"
        let unit = try KernelUnit(name: "unit.c", bytes: KernelUnits.object(of: source + newer))
        #expect(unit.exported == ["old", "newer"])
    }
}
