// SPDX-License-Identifier: Apache-2.0

import ELF
import LivePatch
import ProcessPatcher
import Testing

/// Live patches written by hand, so that nothing but the patcher is tested.
struct HandmadePatch {
    let target: ObjectFile
    let name: String

    init(for library: String = "libtarget.so", in workshop: Workshop) throws {
        target = try ObjectFile(parsing: try workshop.bytes(library))
        name = library
    }

    /// `mov $result, %eax; ret`.
    static func returning(_ result: UInt8) -> [UInt8] { [0xb8, result, 0, 0, 0, 0xc3] }

    func symbol(_ name: String) throws -> Symbol {
        try #require((target.symbols + target.dynamicSymbols).first { $0.name == name && $0.size > 0 })
    }

    /// A patch that replaces functions by code, each at a multiple of 64 in the text.
    func patch(
        _ replacements: [(function: String, code: [UInt8])], data: [UInt8]? = nil, relocations: [LoadRelocation] = [],
        buildID: BuildID? = nil, hazards: [LocalizedText] = [], hooks: HookCode? = nil,
        unwinding: Manifest.UnwindTables? = nil, level: Level = Level()
    ) throws -> Patch {
        var text: [UInt8] = []
        var original: [UInt8] = []
        var functions: [Manifest.ReplacedFunction] = []
        for (function, code) in replacements {
            let symbol = try symbol(function)
            let bytes = try #require(target.bytes(atAddress: symbol.value, count: Int(symbol.size)))
            functions.append(
                Manifest.ReplacedFunction(
                    name: function,
                    pieces: [
                        Manifest.Piece(
                            name: function, address: symbol.value, size: symbol.size,
                            originalOffset: UInt64(original.count))
                    ],
                    jumpOffset: bytes.starts(with: [0xf3, 0x0f, 0x1e, 0xfa]) ? 4 : 0,
                    replacementOffset: UInt64(text.count), replacementSize: UInt64(code.count)))
            original += bytes
            text += code + [UInt8](repeating: 0xcc, count: 64 - code.count)
        }
        var relocations = relocations
        var placed: [Manifest.Hook] = []
        if let hooks {
            relocations += hooks.relocations(at: UInt64(text.count))
            placed = hooks.hooks(at: UInt64(text.count))
            text += hooks.code
        }
        var parts = [Image.Part(protection: .text, offset: 0, contents: text, memorySize: UInt64(text.count))]
        if let unwinding {
            let tables = Self.unwindTables(ofTextOfSize: text.count, at: Int(unwinding.offset))
            parts.append(
                Image.Part(
                    protection: .unwindTables, offset: unwinding.offset, contents: tables,
                    memorySize: UInt64(tables.count)))
        }
        if let data {
            let offset = parts.last.map { Image.roundedToPage($0.range.upperBound) } ?? 0
            parts.append(Image.Part(protection: .data, offset: offset, contents: data, memorySize: 4096))
        }
        let manifest = Manifest(
            target: Manifest.Target(
                name: name, buildID: try #require(buildID ?? target.buildID), package: nil),
            level: level.number, fixes: level.fixes, functions: functions, addedFunctions: [], removedFunctions: [],
            data: level.variables, heldMemory: level.heldMemory, findings: [], hooks: placed, unwindTables: unwinding,
            revertHazards: hazards,
            builder: Manifest.Builder(name: "by hand", version: "1"),
            compiler: "none")
        return try Patch(
            Artefact(manifest: manifest, image: Image(parts: parts), relocations: relocations, original: original))
    }

    /// `.eh_frame` with one entry for the whole text, which has no frames.
    private static func unwindTables(ofTextOfSize size: Int, at offset: Int) -> [UInt8] {
        func field(_ value: Int) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: UInt32(bitPattern: Int32(value)) >> (8 * $0)) }
        }
        // Version 1, "zR", alignments 1 and -8, return address 16; pcrel sdata4; CFA rsp + 8, return address at CFA - 8.
        let common: [UInt8] = [1, 0x7a, 0x52, 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1, 0, 0]
        return field(20) + field(0) + common + field(20) + field(28) + field(-(offset + 32)) + field(size)
            + [UInt8](repeating: 0, count: 8) + field(0)
    }
}

extension HandmadePatch {
    /// What makes a patch a level of a queue of fixes.
    struct Level {
        var number = 1
        var fixes: [Manifest.Fix] = []
        var variables: [Manifest.Datum] = []
        var heldMemory: [Manifest.HeldMemory]?

        /// The level that has a fix for each letter.
        static func of(
            _ fixes: String, variables: [Manifest.Datum] = [], holding memory: [Manifest.HeldMemory]? = []
        ) -> Level {
            Level(
                number: fixes.count,
                fixes: fixes.enumerated().map { index, letter in
                    Manifest.Fix(
                        level: index + 1, vulnerabilities: [], title: "fix \(letter)", source: "target.c",
                        hunks: [String(repeating: String(letter), count: 64)])
                },
                variables: variables, heldMemory: memory)
        }
    }

    /// A variable at the beginning of the data.
    static func variable(
        _ name: String = "counter", size: UInt64 = 4, at offset: UInt64 = 4096, usedBy users: [String] = ["value"]
    ) -> Manifest.Datum {
        Manifest.Datum(
            name: name, place: .added, size: size,
            variable: Manifest.Variable(name: name, unit: "target.c", offset: offset, users: users))
    }

    /// `lea variable(%rip), %rdx; addl $increment, (%rdx); mov (%rdx), %eax; ret`.
    static func counting(by increment: UInt8) -> [UInt8] {
        [0x48, 0x8d, 0x15, 0, 0, 0, 0, 0x83, 0x02, increment, 0x8b, 0x02, 0xc3]
    }

    /// What ``counting(by:)`` needs, for the first function of a patch.
    static func reference(to offset: UInt64 = 4096) -> LoadRelocation {
        LoadRelocation(offset: 3, kind: .relative32, variable: offset, addend: -4, symbol: "counter")
    }
}
