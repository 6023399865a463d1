// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ELF

/// Layer 2: tables in somebody else's bytes.
struct TableTests {
    @Test func `a table has the records that are wholly there`() {
        let bytes: [UInt8] = [1, 0, 2, 0, 3]
        let table = RecordTable<UInt16>(bytes.rawSpan)
        let values = table.indices.map { table[$0] }
        #expect(values == [1, 2])
    }

    @Test(arguments: [-1, 2, Int.max, Int.min])
    func `an index from a file that is not in the table gives nil`(index: Int) {
        let bytes: [UInt8] = [1, 0, 2, 0]
        let record = RecordTable<UInt16>(bytes.rawSpan)[ifPresent: index]
        #expect(record == nil)
    }

    @Test func `an index that is larger than an Int gives nil`() {
        let bytes: [UInt8] = [1, 0]
        let record = RecordTable<UInt16>(bytes.rawSpan)[ifPresent: UInt64.max]
        #expect(record == nil)
    }

    @Test(arguments: [(0, ""), (1, "ab"), (2, "b"), (3, "")])
    func `a string ends at its zero byte`(offset: UInt64, expected: String) throws {
        let bytes: [UInt8] = [0, 0x61, 0x62, 0]
        let text = try StringTable(bytes.rawSpan, part: .strings).text(at: offset)
        #expect(text == expected)
    }

    @Test(arguments: [1, 2, 3, UInt64(Int.max), .max])
    func `a string without an end is refused`(offset: UInt64) {
        let bytes: [UInt8] = [0, 0x61, 0x62]
        #expect(throws: ELFError.invalidString(.strings, offset: offset)) {
            _ = try StringTable(bytes.rawSpan, part: .strings).text(at: offset)
        }
    }

    @Test func `a name that is not UTF-8 is refused instead of changed`() {
        let bytes: [UInt8] = [0, 0xe9, 0]
        #expect(throws: ELFError.invalidString(.strings, offset: 1)) {
            _ = try StringTable(bytes.rawSpan, part: .strings).text(at: 1)
        }
    }

    @Test func `offset 0 of an empty string table is the empty string`() throws {
        let bytes: [UInt8] = []
        let text = try StringTable(bytes.rawSpan, part: .strings).text(at: 0)
        #expect(text.isEmpty)
    }

    @Test func `packed relocations are an address and bitmaps of the words behind it`() throws {
        let bytes = try bytes(
            hexadecimal: """
                00 10 00 00 00 00 00 00     # the word at 0x1000
                07 00 00 00 00 00 00 00     # bits 1 and 2: the two words behind it
                03 00 00 00 00 00 00 80     # bits 1 and 63 of the next 63 words
                """)
        var addresses: [UInt64] = []
        try PackedRelocationTable(RecordTable(bytes.rawSpan)).forEachAddress { addresses.append($0) }
        #expect(addresses == [0x1000, 0x1008, 0x1010, 0x1200, 0x13f0])
    }

    @Test func `packed relocations that go back are refused`() throws {
        let bytes = [UInt8](repeating: 0, count: 16).with(UInt64(0x1000), at: 0).with(UInt64(0x1000), at: 8)
        let part = ELFError.Part.dynamic(DynamicTag(rawValue: DT_RELR))
        #expect(throws: ELFError.brokenChain(part, offset: 8)) {
            try PackedRelocationTable(RecordTable(bytes.rawSpan)).forEachAddress { _ in }
        }
    }

    @Test func `a chain that does not go forward is refused`() throws {
        var chain = RecordChain(count: 3, part: .notes)
        try chain.advance(by: 16)
        #expect(chain.offset == 16)
        #expect(throws: ELFError.brokenChain(.notes, offset: 16)) { try chain.advance(by: 0) }
    }

    @Test func `a chain ends after the given number of records`() throws {
        var chain = RecordChain(count: 1, part: .notes)
        try chain.advance(by: 0)
        #expect(chain.offset == nil)
    }

    @Test func `one question about a file does not read the rest of it`() throws {
        // The symbols' names are damaged, the section names are not.
        let damaged = try SmallObject.bytes().with(UInt8(0xff), at: 0x92)
        let image = try ELFImage(damaged.rawSpan)
        let name = try image.sections.name(of: SectionIndex(rawValue: 1))
        #expect(name == ".text")
        let table = try image.symbolTable(in: SectionIndex(rawValue: 2))
        let size = table[SymbolIndex(rawValue: 1)].st_size
        #expect(size == 1)
        #expect(throws: ELFError.self) { try ObjectFile(parsing: damaged) }
    }
}
