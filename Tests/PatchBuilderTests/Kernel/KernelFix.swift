// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport

@testable import PatchBuilder

/// A unit of a kernel, as far as the differ sees it, and a fix for it: C with a call of the tracer at each entry.
struct KernelFix {
    /// The text without the fix.
    var original: String
    /// The text with it.
    var fixed: String
    /// What both compile with beside the usual.
    var flags: [String] = []
    /// What the unit is linked into.
    var parent = "vmlinux"
    /// Symbols that the parent has beside the unit's own, each with its type and binding: `clock OBJECT GLOBAL`.
    var furtherSymbols: [String] = []
    /// The text of `Module.symvers`.
    var exports = ""
    /// Whether symbols that are nowhere are left alone.
    var isLenient = false

    static let usual = [
        "-O2", "-g0", "-ffreestanding", "-fno-pic", "-mcmodel=kernel", "-mno-red-zone", "-fno-stack-protector",
        "-fcf-protection=none", "-fno-asynchronous-unwind-tables", "-fno-common", "-pg", "-mfentry", "-mrecord-mcount",
        "-ffunction-sections", "-fdata-sections",
    ]

    /// Text of declarations that the kernel's headers have.
    static let head = """
        #define noinline __attribute__((noinline))
        extern int printk(const char *format, ...);
        extern void helper(long);

        """

    init(_ original: String, _ fixed: String) {
        self.original = Self.head + original
        self.fixed = Self.head + fixed
    }

    /// The same text with one part of it in another form.
    init(_ text: String, replacing part: String, with other: String) {
        self.init(text, text.replacing(part, with: other))
    }

    /// Compiles both.
    func objects() throws -> (original: [UInt8], fixed: [UInt8]) {
        let directory = try TemporaryDirectory()
        func compiled(_ text: String, _ name: String) throws -> [UInt8] {
            try directory.write(text, to: "unit.c")
            try compile(Self.usual + flags + ["-c", "unit.c", "-o", name], in: directory)
            return try directory.read(name)
        }
        return (try compiled(original, "original.o"), try compiled(fixed, "fixed.o"))
    }

    /// What the differ makes of them.
    func output() throws -> ObjectDiffer.Output {
        let (original, fixed) = try objects()
        return try differ(for: original).patch(from: original, to: fixed)
    }

    /// A differ for a kernel that has the unit, and what the unit needs.
    func differ(for original: [UInt8]) throws -> ObjectDiffer {
        let object = try ObjectFile(parsing: original)
        var lines: [String] = ["0: 0000000000000000 0 FILE LOCAL DEFAULT ABS unit.c"]
        var address: UInt64 = 0xffff_ffff_8100_0000
        for symbol in object.symbols where symbol.kind == .function || symbol.kind == .object {
            guard case .section = symbol.place else { continue }
            let kind = symbol.kind == .function ? "FUNC" : "OBJECT"
            let binding = symbol.binding == .local ? "LOCAL" : "GLOBAL"
            lines.append("1: \(String(address, radix: 16)) \(symbol.size) \(kind) \(binding) DEFAULT 1 \(symbol.name)")
            address += 64
        }
        for symbol in ["printk FUNC GLOBAL", "helper FUNC GLOBAL"] + furtherSymbols {
            let words = symbol.split(separator: " ")
            lines.append("1: \(String(address, radix: 16)) 8 \(words[1]) \(words[2]) DEFAULT 1 \(words[0])")
            address += 64
        }
        var linkage = KernelLinkage(
            parent: parent, symbols: try ParentSymbols(parsing: Array(lines.joined(separator: "\n").utf8)),
            exports: try ExportTable(parsing: Array(exports.utf8)))
        linkage.leavesUnknownSymbols = isLenient
        return ObjectDiffer(unit: "unit.c", linkage: linkage, sizes: RecordSizes())
    }
}

extension ObjectFile {
    /// The names of the functions that it has.
    var functionNames: Set<String> {
        Set(symbols.filter { $0.kind == .function && $0.place != .undefined }.map(\.name))
    }

    /// The names of what it needs.
    var undefinedNames: Set<String> { Set(symbols.filter { $0.place == .undefined && !$0.name.isEmpty }.map(\.name)) }

    /// What the fields of all sections of a name refer to: the symbol's name, or that of the section.
    func targets(of name: String) throws -> [String] {
        var targets: [String] = []
        for section in sections where section.name == name {
            for relocation in try relocations(of: section.index) {
                let symbol = symbols[relocation.symbol.rawValue]
                if symbol.name.isEmpty, case .section(let holder) = symbol.place {
                    targets.append(sections[holder.rawValue].name)
                } else {
                    targets.append(symbol.name)
                }
            }
        }
        return targets
    }
}
