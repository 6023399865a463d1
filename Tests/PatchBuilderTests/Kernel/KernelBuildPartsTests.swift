// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import PatchBuilder

/// What a kernel's build root is made of, part by part.
@Suite struct KernelBuildPartsTests {
    @Test func `a kernel is named by its version and flavour`() throws {
        let kernel = try #require(try KernelPackage(parsing: "linux=6.1.176-1", flavour: "cloud-amd64"))
        #expect(kernel.series == "6.1")
        #expect(kernel.sourcePackage.description == "linux-source-6.1=6.1.176-1")
        #expect(kernel.release(ofImage: "linux-image-6.1.0-50-cloud-amd64") == "6.1.0-50-cloud-amd64")
        #expect(kernel.release(ofImage: "linux-image-6.1.0-50-amd64") == nil)
        #expect(kernel.release(ofImage: "linux-image-6.1.0-50-cloud-amd64-dbg") == nil)
        #expect(try KernelPackage(parsing: "linux=6.1.176-1", flavour: nil)?.flavour == "amd64")
        #expect(try KernelPackage(parsing: "openssl=3.0.1-1", flavour: nil) == nil)
        let newer = try #require(try KernelPackage(parsing: "linux-6.12=6.12.107-1~deb12u1", flavour: nil))
        #expect(newer.release(ofImage: "linux-image-6.12.107+deb12-amd64") == "6.12.107+deb12-amd64")
        #expect(newer.release(ofImage: "linux-image-6.12.107+deb12-cloud-amd64") == nil)
        #expect(DebianRelease(ofKernel: "6.12.107+deb13-amd64")?.name == "trixie")
        #expect(DebianRelease(ofKernel: "6.1.0-50-amd64") == nil)
        #expect(try KernelPackage(parsing: "linux-base=4.9", flavour: nil) == nil)
        for flavour in ["", "../x", "a b"] {
            #expect(throws: BuildError.self) { try KernelPackage(parsing: "linux=6.1.176-1", flavour: flavour) }
        }
    }

    @Test(arguments: [
        ("6.1.176-1", ["6.1.170-3", "6.1.187-1", "6.12.176-1"], "6.1.170-3"),
        ("6.1.176-1", ["6.1.190-1", "6.1.187-1"], "6.1.187-1"),
        ("6.1.176-1", ["6.1.170-1", "6.1.182-1"], "6.1.182-1"),
        ("6.1.176-1", ["6.1.176-3", "6.1.176-2", "6.1.177-1"], "6.1.176-2"),
        ("6.12.107-1~deb12u1", ["6.12.111-1~deb12u1", "6.12.100-1~deb12u1"], "6.12.111-1~deb12u1"),
        ("6.1.176-1", ["6.12.107-1~deb12u1", "nonsense", "6.1", "6.1.99999999999999999999-1"], nil),
        ("6.1.176-1", [], nil),
    ])
    func `the nearest version that is offered is of the same series`(
        version: String, offered: [String], nearest: String?
    ) throws {
        let kernel = try #require(try KernelPackage(parsing: "linux=\(version)", flavour: "cloud-amd64"))
        #expect(kernel.nearest(among: offered) == nearest)
    }

    @Test func `a noted command makes the object elsewhere, with further options`() throws {
        let note = #"""
            savedcmd_net/sched/em_text.o := gcc-12 -Wp,-MMD,net/sched/.em_text.o.d -DX=$(pound)1 -DY='$$' -DMODULE -DKBUILD_MODNAME='"em_text"' -c -o net/sched/em_text.o net/sched/em_text.c  ; ./tools/objtool/objtool --orc net/sched/em_text.o

            #SYMVER em_register 0x1234abcd
            """#
        let command = try #require(KernelUnitCommand(parsing: Array(note.utf8), object: "net/sched/em_text.o"))
        #expect(command.checksums == ["em_register": 0x1234_abcd])
        #expect(command.modules == ["em_text"])
        let text = command.text(writing: "/o/x.o", options: ["-g2"])
        #expect(text.contains("-Wp,-MMD,/o/x.o.d ") && text.contains("-DX=#1 -DY='$' "))
        #expect(text.contains(" '-g2' -o /o/x.o net/sched/em_text.c "))
        #expect(text.hasSuffix("--orc /o/x.o"))
        let checksums = try #require(command.checksumText(writing: "/o/x"))
        #expect(checksums.contains(" -E -D__GENKSYMS__ net/sched/em_text.c"))
        #expect(checksums.contains("; ./scripts/genksyms/genksyms -r /dev/null < /o/x.i > /o/x.part;"))
        let further = command.checksumText(writing: "/o/x", options: ["-idirafter", "/h"])
        #expect(further?.contains(" -E -D__GENKSYMS__ '-idirafter' '/h' net/sched/em_text.c") == true)
        #expect(!checksums.contains("-MMD") && !checksums.contains("objtool") && checksums.hasSuffix(" /o/x"))
        #expect(KernelUnitCommand(parsing: Array(note.utf8), object: "net/sched/other.o") == nil)
    }

    @Test func `a tool that looks at whole modules is left out of a unit's command`() throws {
        func note(_ options: String) -> String {
            "savedcmd_net/sched/a.o := gcc -c -o net/sched/a.o net/sched/a.c  "
                + "; ./tools/objtool/objtool \(options) net/sched/a.o\n"
        }
        let units = try #require(KernelUnitCommand(parsing: Array(note("--orc").utf8), object: "net/sched/a.o"))
        #expect(units.text(writing: "/o/x.o", options: []).hasSuffix("objtool --orc /o/x.o"))
        let whole = try #require(
            KernelUnitCommand(parsing: Array(note("--orc --link --module").utf8), object: "net/sched/a.o"))
        #expect(whole.isModuleByItself && !units.isModuleByItself)
        #expect(
            ModuleCheck(noted: note("--orc --link --module"))?.command
                == "./tools/objtool/objtool --orc --link --module")
        #expect(ModuleCheck(noted: note("--orc")) == nil)
        #expect(!whole.text(writing: "/o/x.o", options: []).contains("objtool"))
        #expect(whole.text(writing: "/o/x.o", options: []).contains(" -o /o/x.o net/sched/a.c"))
    }

    @Test func `what is packed with LZ4 is unpacked, and damage is noticed`() throws {
        // A literal "abcd", a match that reaches into what it makes, and literals at the end.
        let block: [UInt8] = [0x46] + Array("abcd".utf8) + [0x04, 0x00, 0x50] + Array("fghij".utf8)
        let packed = LZ4.magic + [UInt8(block.count), 0, 0, 0] + block
        #expect(LZ4.unpacked((packed + [14, 0, 0, 0])[...], limit: 100) == Array("abcdabcdabcdabfghij".utf8))
        #expect(LZ4.unpacked(packed[...], limit: 10) == nil)
        #expect(LZ4.unpacked(packed.dropFirst(), limit: 100) == nil)
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<2000 {
            var damaged = packed
            for _ in 0..<2 {
                damaged[Int.random(in: 4..<damaged.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if let unpacked = LZ4.unpacked(damaged[...], limit: 100) { #expect(unpacked.count <= 100) }
        }
    }

    @Test func `a match must lie in what was unpacked`() {
        let block: [UInt8] = [0x10, UInt8(ascii: "a"), 0x02, 0x00, 0x10, UInt8(ascii: "b")]
        #expect(LZ4.unpacked((LZ4.magic + [UInt8(block.count), 0, 0, 0] + block)[...], limit: 100) == nil)
    }

    @Test func `a boot image tells where its kernel is`() throws {
        var image = [UInt8](repeating: 0, count: 0x600)
        image.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
        (image[0x206], image[0x207], image[0x1f1]) = (0x0f, 0x02, 1)
        (image[0x248], image[0x24c]) = (0x10, 0x20)
        image.replaceSubrange(0x410..<0x415, with: [0xfd, 0x37, 0x7a, 0x58, 0x5a])
        let boot = try BootImage(parsing: image, path: "vmlinuz")
        #expect(boot.payload.count == 0x20 && boot.unpacker?.tool.name == "xz")
        (image[0x24d], image[0x24e]) = (0xff, 0xff)
        #expect(throws: KernelRefusal.self) { try BootImage(parsing: image, path: "vmlinuz") }
        #expect(throws: KernelRefusal.self) { try BootImage(parsing: Array(image.prefix(100)), path: "vmlinuz") }
    }

    @Test func `a configuration that the build understands otherwise is told by its options`() {
        let shipped = KernelConfiguration(
            Array("CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=m\nCONFIG_BUILD_SALT=\"1\"\n".utf8))
        let same = KernelConfiguration(Array("CONFIG_C=m\nCONFIG_A=y\nCONFIG_BUILD_SALT=\"\"\n".utf8))
        #expect(same.differences(from: shipped) == [])
        let other = KernelConfiguration(Array("CONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\n".utf8))
        #expect(other.differences(from: shipped) == ["CONFIG_B: n → y", "CONFIG_C: m → n"])
    }

    @Test func `a header's lines belong to what they define`() {
        let text = """
            #define LIMIT 5
            #define LONG(x) \\
                f(x)

            struct connection {
                int state;
            };

            static inline int check(int x)
            {
                return x > LIMIT;
            }
            int other;
            """
        let names = HeaderNames(Array(text.utf8))
        let owners = (1...13).map { names.owner(ofLine: $0) }
        #expect(
            owners == [
                "LIMIT", "LONG", "LONG", nil, "connection", "connection", "connection", nil, "check", "check", "check",
                "check", nil,
            ])
    }

    @Test func `Makefiles tell what a configuration builds`() throws {
        let directory = try TemporaryDirectory()
        for folder in ["net/smc", "net/off", "net/core"] {
            try FileManager.default.createDirectory(
                at: directory.url.appending(path: folder), withIntermediateDirectories: true)
        }
        try directory.write("CONFIG_SMC=m\n# CONFIG_OFF is not set\nCONFIG_NET=y\n", to: ".config")
        try directory.write(
            "obj-$(CONFIG_SMC) += smc/\nobj-$(CONFIG_OFF) += off/\nobj-y := core/\n", to: "net/Makefile")
        try directory.write("obj-$(CONFIG_SMC) += smc.o\nsmc-y := af_smc.o \\\n  smc_tx.o\n", to: "net/smc/Makefile")
        try directory.write("obj-$(CONFIG_OFF) += off.o\n", to: "net/off/Makefile")
        try directory.write("obj-y := dev.o\nobj-$(CONFIG_OFF) += rare.o\n", to: "net/core/Makefile")
        var files = try KbuildFiles(tree: directory.url.path)
        #expect(files.builds("net/smc/af_smc.c") && files.builds("net/smc/smc_tx.c") && files.builds("net/core/dev.c"))
        #expect(!files.builds("net/off/off.c") && !files.builds("net/core/rare.c") && !files.builds("net/smc/none.c"))
    }

    @Test func `symbols come in the kernel's order, whatever names them`() throws {
        let kallsyms = """
            ffffffff81000020 t twin
            ffffffff81000000 t twin
            ffffffff81000010 T only
            ffffffffa0000000 t twin\t[module]
            """
        let symbols = try ParentSymbols(parsing: Array(kallsyms.utf8))
        #expect(symbols.positions(of: "twin").map { symbols.entries[$0].address & 0xff } == [0, 0x20])
        #expect(symbols.positions(of: "only").map { symbols.entries[$0].isGlobal } == [true])
        #expect(throws: KernelRefusal.malformedSymbols(line: 1, text: "nonsense")) {
            try ParentSymbols(parsing: Array("nonsense".utf8))
        }
    }

    @Test func `exports are read with their part and namespace`() throws {
        let text = "0x815f2897\tkfree\tvmlinux\tEXPORT_SYMBOL\t\n0x1\tx\tdrivers/dma/dma-core\tEXPORT_SYMBOL_GPL\tDMA\n"
        let exports = try ExportTable(parsing: Array(text.utf8))
        #expect(exports["kfree"]?.checksum == 0x815f_2897 && exports["kfree"]?.module == "vmlinux")
        #expect(exports["x"]?.moduleName == "dma_core" && exports["x"]?.namespace == "DMA")
        #expect(throws: KernelRefusal.malformedExports(line: 1, text: "kfree")) {
            try ExportTable(parsing: Array("kfree".utf8))
        }
    }
}
