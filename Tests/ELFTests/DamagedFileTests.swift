// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import ELF

/// No bytes make this module trap.
struct DamagedFileTests {
    @Test func `a small object cut at any byte is refused`() throws {
        let bytes = try SmallObject.bytes()
        for count in bytes.indices {
            #expect(throws: ELFError.self) { try ObjectFile(parsing: Array(bytes.prefix(count))) }
            exercise(Array(bytes.prefix(count)))
        }
    }

    @Test func `a library without section headers may be cut anywhere`() throws {
        // Its tables are found through the segments, so that the cut goes through each of them.
        let bytes = try CompiledFixture.library.bytes().with(UInt64(0), at: 40)
        for count in stride(from: 0, to: bytes.count, by: 13) { exercise(Array(bytes.prefix(count))) }
    }

    @Test(arguments: [nil, .object, .library, .packedLibrary, .executable] as [CompiledFixture?])
    func `random damage does not trap`(fixture: CompiledFixture?) throws {
        let original = try fixture?.bytes() ?? SmallObject.bytes()
        var generator = SeededGenerator(seed: SeededGenerator.seed)
        for round in 0..<400 {
            var bytes = damaged(original, using: &generator)
            // Every other time without section headers, so that the tables are found through the segments.
            if round.isMultiple(of: 2) { bytes.overwrite(at: 40, with: UInt64(0)) }
            exercise(bytes)
        }
    }

    @Test func `names that share their bytes too often are refused`() throws {
        // 2,000 symbols, each of whose names is the end of one text of 100,000 bytes.
        var writer = ObjectWriter(type: .relocatable)
        _ = writer.add(SymbolDraft(name: String(repeating: "x", count: 100_000), place: .undefined))
        for _ in 1..<2000 { _ = writer.add(SymbolDraft(name: "", place: .undefined)) }
        var bytes = try writer.write()
        let table = try #require(try ObjectFile(parsing: bytes).section(named: ".symtab"))
        for index in 2...2000 { bytes.overwrite(at: Int(table.fileOffset) + index * 24, with: UInt32(index)) }
        let part = ELFError.Part.section(table.index, name: ".symtab")
        #expect(throws: ELFError.excessive(part, limit: UInt64(bytes.count) * 64)) {
            try ObjectFile(parsing: bytes)
        }
    }

    @Test func `relocation sections that share their bytes are refused`() throws {
        var writer = ObjectWriter(type: .relocatable)
        let sections = (0..<30).map { _ in writer.add(SectionDraft(name: ".data", contents: [0])) }
        for _ in 0..<1000 { writer.addRelocation(at: 0, of: sections[0], type: .pc32, symbol: nil, addend: 0) }
        for section in sections.dropFirst() {
            writer.addRelocation(at: 0, of: section, type: .pc32, symbol: nil, addend: 0)
        }
        var bytes = try writer.write()
        let file = try ObjectFile(parsing: bytes)
        let tables = file.sections.filter { $0.type == .relocations }
        let headers = bytes.count - file.sections.count * 64
        for table in tables {
            let header = headers + table.index.rawValue * 64
            bytes.overwrite(at: header + 24, with: tables[0].fileOffset)
            bytes.overwrite(at: header + 32, with: tables[0].size)
            bytes.overwrite(at: header + 44, with: UInt32(1))
        }
        let part = ELFError.Part.section(SectionIndex(rawValue: 1), name: ".data")
        let damaged = try ObjectFile(parsing: bytes)
        #expect(throws: ELFError.excessive(part, limit: UInt64(bytes.count))) {
            try damaged.relocations(of: SectionIndex(rawValue: 1))
        }
    }

    /// Bytes with up to eight numbers in random places replaced by ones that are likely to hurt.
    private func damaged(_ original: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        // Half of the damage goes where the headers are.
        let places = [0..<min(1024, bytes.count), max(0, bytes.count - 4096)..<bytes.count, 0..<bytes.count]
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            guard let range = places.randomElement(using: &generator), range.count > 8 else { continue }
            let offset = Int.random(in: range.lowerBound..<range.upperBound - 8, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[offset] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.overwrite(at: offset, with: UInt16.random(in: 0...64, using: &generator))
            case 2: bytes.overwrite(at: offset, with: UInt32.max - UInt32.random(in: 0...64, using: &generator))
            default: bytes.overwrite(at: offset / 8 * 8, with: UInt64.random(in: .min ... .max, using: &generator))
            }
        }
        return bytes
    }
}
