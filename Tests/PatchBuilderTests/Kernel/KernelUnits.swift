// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport

@testable import PatchBuilder

/// Small units that are compiled like those of a kernel, with macros that make the records of its special sections.
struct KernelUnits {
    var original: [UInt8]
    var patched: [UInt8]

    /// Compiles a source, and the same with a text replaced by another.
    init(_ source: String, replacing old: String, with new: String, options: [String] = []) throws {
        original = try Self.object(of: source, options)
        patched = try Self.object(of: source.replacing(old, with: new), options)
    }

    static func object(of source: String, _ options: [String] = []) throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        try directory.write(macros + source, to: "unit.c")
        try compile(
            ["-c", "-O2", "-w", "-std=gnu11", "-ffreestanding", "-fno-PIE", "-mcmodel=kernel", "-fno-jump-tables"]
                + ["-ffunction-sections", "-fdata-sections", "-fno-asynchronous-unwind-tables", "-fno-common"]
                + ["-fcf-protection=none", "-fno-stack-protector", "-pg", "-mfentry", "-mrecord-mcount"]
                + options + ["unit.c", "-o", "unit.o"], in: directory)
        return try directory.read("unit.o")
    }

    /// The differ's result, where `unexported` are the kernel's own symbols beside those of the unit, and all others that
    /// the unit does not define are exported.
    func patch(
        in parent: String = "vmlinux", unexported: [String] = [], symbols text: String? = nil
    ) throws -> ObjectDiffer.Output {
        try differ(in: parent, unexported: unexported, symbols: text).patch(from: original, to: patched)
    }

    func differ(
        in parent: String = "vmlinux", unexported: [String] = [], symbols text: String? = nil
    ) throws -> ObjectDiffer {
        var lines: [String] = []
        var exports: [String] = []
        var address: UInt64 = 0xffff_ffff_8100_0000
        for bytes in [original, patched] {
            for symbol in try ObjectFile(parsing: bytes).symbols where !symbol.name.isEmpty {
                if case .section = symbol.place, bytes == original, symbol.kind != .section {
                    let isLocal = symbol.binding == .local
                    lines.append("\(String(address, radix: 16)) \(isLocal ? "t" : "T") \(symbol.name)")
                    address += 16
                } else if symbol.place == .undefined, !unexported.contains(symbol.name) {
                    exports.append("0x12345678\t\(symbol.name)\tvmlinux\tEXPORT_SYMBOL\t")
                }
            }
        }
        for name in unexported {
            lines.append("\(String(address, radix: 16)) T \(name)")
            address += 16
        }
        let linkage = KernelLinkage(
            parent: parent,
            symbols: try ParentSymbols(parsing: Array((text ?? lines.joined(separator: "\n")).utf8)),
            exports: try ExportTable(parsing: Array(exports.joined(separator: "\n").utf8)))
        return ObjectDiffer(unit: "unit.c", linkage: linkage, sizes: RecordSizes())
    }

    /// What the kernel's headers would bring.
    private static let macros = """
        #define noinline __attribute__((noinline))
        #define BUG() asm volatile("1: ud2\\n.pushsection __bug_table,\\"aw\\"\\n.long 1b - .\\n.long %c0 - .\\n" \\
            ".word %c1\\n.word 0\\n.popsection" :: "i"("unit.c"), "i"(__LINE__))
        #define LOAD(value, place) asm volatile("1: mov (%1), %0\\n2:\\n.pushsection __ex_table,\\"a\\"\\n.balign 4\\n" \\
            ".long 1b - .\\n.long 2b - .\\n.long 3\\n.popsection" : "=r"(value) : "r"(place))
        #define ALTERNATIVE(feature) asm volatile("661: .nops 5\\n662:\\n.pushsection .altinstructions,\\"a\\"\\n" \\
            ".long 661b - .\\n.long 663f - .\\n.word %c0\\n.byte 662b - 661b\\n.byte 664f - 663f\\n.popsection\\n" \\
            ".pushsection .altinstr_replacement,\\"ax\\"\\n663: call slow_path\\n664:\\n.popsection" :: "i"(feature))
        #define LOCKED(place) asm volatile(".pushsection .smp_locks,\\"a\\"\\n.balign 4\\n.long 671f - .\\n.popsection\\n" \\
            "671: lock incl %0" : "+m"(place))
        #define PARAVIRT(number) asm volatile("771: .nops 5\\n.pushsection .parainstructions,\\"a\\"\\n.balign 8\\n" \\
            ".quad 771b\\n.byte %c0, 5\\n.short 0\\n.balign 8\\n.popsection" :: "i"(number))
        #define STATIC_CALL(name) asm volatile("1: call __SCT__" #name "\\n.pushsection .static_call_sites,\\"aw\\"\\n" \\
            ".balign 4\\n.long 1b - .\\n.long __SCK__" #name " - .\\n.popsection")
        #define RETURN_SITE() asm volatile("1: nop\\n.pushsection .return_sites,\\"a\\"\\n.long 1b - .\\n.popsection")
        static inline __attribute__((always_inline)) int branch(void *key)
        {
            asm goto("1: .byte 0x0f, 0x1f, 0x44, 0, 0\\n.pushsection __jump_table,\\"aw\\"\\n.balign 8\\n.long 1b - .\\n"
                ".long %l[yes] - .\\n.quad %c0 - .\\n.popsection" :: "i"(key) :: yes);
            return 0;
        yes:
            return 1;
        }

        """
}

/// What is in a live patch's object.
struct PatchContentsView {
    let object: ObjectFile

    init(_ bytes: [UInt8]) throws { object = try ObjectFile(parsing: bytes) }

    var sections: [String] { object.sections.map(\.name) }

    /// How large all sections of a name are together.
    func size(of name: String) -> UInt64 {
        object.sections.filter { $0.name == name }.reduce(0) { $0 + $1.size }
    }

    /// What the fields of a section refer to, by offset.
    func targets(in name: String) throws -> [UInt64: String] {
        var targets: [UInt64: String] = [:]
        for section in object.sections where section.name == name {
            for relocation in try object.relocations(of: section.index) {
                let symbol = object.symbols[relocation.symbol.rawValue]
                if symbol.kind == .section, case .section(let holder) = symbol.place {
                    targets[relocation.offset] = object.sections[holder.rawValue].name
                } else {
                    targets[relocation.offset] = symbol.name
                }
            }
        }
        return targets
    }
}
