// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ELF

/// Counts and indices at the limits of their 16-bit fields.
struct ExtendedNumberingTests {
    /// A file with this many sections in all: the null section, the two of symbols and that of names included.
    private static func file(sectionCount: Int) throws -> [UInt8] {
        var writer = ObjectWriter(type: .relocatable)
        let own = sectionCount - 4
        for _ in 1..<own { _ = writer.add(SectionDraft(name: ".s", contents: [])) }
        let last = writer.add(SectionDraft(name: ".last", flags: .allocate, contents: [0x2a]))
        _ = writer.add(SymbolDraft(name: "inLast", kind: .object, place: .section(last)))
        return try writer.write()
    }

    @Test(arguments: [0xfeff, 0xff00, 0xff01])
    func `section counts around the limit are read back`(count: Int) throws {
        let bytes = try Self.file(sectionCount: count)
        #expect(bytes[60..<62] == (count < 0xff00 ? [0xff, 0xfe] : [0, 0]))
        let file = try ObjectFile(parsing: bytes)
        #expect(file.sections.count == count)
        #expect(file.section(named: ".last")?.contents == [0x2a])
        #expect(file.sections.last?.name == ".shstrtab")
        let readelf = try output(of: "readelf", "-hW", about: bytes)
        #expect(readelf.contains(count < 0xff00 ? "headers:         \(count)" : "headers:         0 (\(count))"))
    }

    @Test(arguments: [0xfeff, 0xff00])
    func `symbols in sections around the limit keep their section`(index: Int) throws {
        // From section 0xff00 on, there is one more section, of extended indices.
        let bytes = try Self.file(sectionCount: index + 4)
        let file = try ObjectFile(parsing: bytes)
        #expect(file.symbols.last?.place == .section(SectionIndex(rawValue: index)))
        #expect((file.section(named: ".symtab_shndx") != nil) == (index >= 0xff00))
        #expect(try output(of: "readelf", "-SW", about: bytes).contains(".last"))
        #expect(try Readelf.symbols(of: bytes, dynamic: false).last?.hasSuffix("\(index) inLast") == true)
    }

    @Test func `an extended index that is missing is refused`() throws {
        let bytes = try Self.file(sectionCount: 0xff00 + 4)
        let file = try ObjectFile(parsing: bytes)
        let extended = try #require(file.section(named: ".symtab_shndx"))
        let headers = bytes.count - file.sections.count * 64
        let damaged = bytes.with(SHT_PROGBITS, at: headers + extended.index.rawValue * 64 + 4)
        let error = #expect(throws: ELFError.self) { try ObjectFile(parsing: damaged) }
        #expect(error?.description.contains("SHT_SYMTAB_SHNDX") == true)
    }

    @Test(arguments: [0xfffe, 0xffff, 0x10000])
    func `segment counts around the limit are read back`(count: Int) throws {
        var writer = ObjectWriter(type: .executable)
        for _ in 0..<count { writer.add(SegmentDraft(type: .null, flags: [], sections: [])) }
        let bytes = try writer.write()
        #expect(try ObjectFile(parsing: bytes).segments.count == count)
        let readelf = try output(of: "readelf", "-hW", about: bytes)
        #expect(readelf.contains(count < 0xffff ? "headers:         \(count)" : "headers:         65535 (\(count))"))
    }

    @Test func `an extended count beyond the file is refused`() throws {
        let bytes = try SmallObject.bytes().with(UInt16(0), at: 60)
            .with(UInt64.max, at: SmallObject.header(ofSection: 0) + 32)
        let available = UInt64(bytes.count)
        #expect(throws: ELFError.truncated(.sectionHeaders, offset: 0xb8, needed: .max, available: available)) {
            try ObjectFile(parsing: bytes)
        }
    }

    @Test func `an extended count without its section is refused`() throws {
        let bytes = Array(try SmallObject.bytes().with(UInt16(0), at: 60).prefix(0xb8))
        #expect(throws: ELFError.truncated(.sectionHeaders, offset: 0xb8, needed: 64, available: 0xb8)) {
            try ObjectFile(parsing: bytes)
        }
    }
}
