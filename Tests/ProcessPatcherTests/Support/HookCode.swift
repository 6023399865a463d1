// SPDX-License-Identifier: Apache-2.0

import ELF
import Foundation
import LivePatch
import Testing

/// Hooks in C, compiled for a handmade patch; they may use what the target defines.
struct HookCode {
    let code: [UInt8]
    private let functions: [(moment: Manifest.Hook.Moment, symbol: Symbol)]
    private let references: [(relocation: Relocation, target: Symbol)]

    /// Compiles C code that has, for each moment with a hook, a function of its name: `before_apply` and so on.
    init(_ source: String, for target: HandmadePatch, in workshop: Workshop) throws {
        try workshop.compile(
            Self.prelude + source, to: "hooks.o",
            [
                "-c", "-fno-pic", "-mcmodel=small", "-fno-asynchronous-unwind-tables", "-Wno-unused-function",
                "-fno-reorder-functions", "-fno-reorder-blocks-and-partition",
                "-fcf-protection=none",
            ])
        let object = try ObjectFile(parsing: try workshop.bytes("hooks.o"))
        let text = try #require(object.sections.first { $0.name == ".text" })
        code = Array(text.contents)
        functions = Manifest.Hook.Moment.allCases.compactMap { moment in
            let name = moment.rawValue.replacingOccurrences(of: "-", with: "_")
            return object.symbols.first { $0.name == name && $0.kind == .function }.map { (moment, $0) }
        }
        references = try object.relocations(of: text.index).map { relocation in
            try #require(relocation.type == .pc32 || relocation.type == .plt32, "hooks may only refer to the target")
            return (relocation, try target.symbol(object.symbols[relocation.symbol.rawValue].name))
        }
        try #require(!functions.isEmpty)
    }

    func hooks(at offset: UInt64) -> [Manifest.Hook] {
        functions.map { Manifest.Hook(moment: $0.moment, function: $0.symbol.name, offset: offset + $0.symbol.value) }
    }

    func relocations(at offset: UInt64) -> [LoadRelocation] {
        references.map { relocation, target in
            LoadRelocation(
                offset: offset + relocation.offset, kind: .relative32, target: target.value,
                addend: relocation.addend, symbol: target.name)
        }
    }

    /// `moved()` tells whether another thread runs; `spoil()` leaves nothing in the registers that are not the general ones.
    private static let prelude = """
        #include <cpuid.h>
        extern int hooked[16], value(int);
        extern volatile unsigned long ticks;
        static __attribute__((always_inline)) inline int moved(void) {
            unsigned long before = ticks;
            for (volatile int i = 0; i < 300000; i++) { }
            return ticks != before;
        }
        static __attribute__((always_inline)) inline void spoil(void) {
            unsigned a = 0, b = 0, c = 0, d = 0;
            __get_cpuid(1, &a, &b, &c, &d);
            if (c & bit_AVX) __asm__ volatile("vzeroall");
            __asm__ volatile("fninit; fldpi; fldpi; fldpi; fldpi; fldpi; fldpi; fldpi; fldpi" ::: "memory");
        }
        static __attribute__((always_inline)) inline long sys(long number, long x, long y, long z) {
            long result;
            __asm__ volatile("syscall" : "=a"(result) : "0"(number), "D"(x), "S"(y), "d"(z) : "rcx", "r11", "memory");
            return result;
        }

        """
}
