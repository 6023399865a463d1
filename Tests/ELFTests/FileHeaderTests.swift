// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ELF

/// Which files are read, and how the others are refused.
struct FileHeaderTests {
    @Test func `a small object is read completely`() throws {
        let file = try ObjectFile(parsing: SmallObject.bytes())
        #expect(file.header == FileHeader(type: .relocatable, machine: .x86_64, entry: 0, systemABI: 0))
        #expect(file.sections.map(\.name) == ["", ".text", ".symtab", ".rela", ".strtab", ".names"])
        #expect(file.section(named: ".text")?.contents == [0xc3])
        #expect(file.section(named: ".text")?.flags == [.allocate, .execute])
        let function = try #require(file.symbols.last)
        #expect(function.name == "f")
        #expect(function.kind == .function)
        #expect(function.binding == .global)
        #expect(function.visibility == .hidden)
        #expect(function.place == .section(SectionIndex(rawValue: 1)))
        #expect(function.size == 1)
        let relocations = try file.relocations(of: SectionIndex(rawValue: 1))
        #expect(
            relocations == [Relocation(offset: 0, type: .pc32, symbol: SymbolIndex(rawValue: 1), addend: -4)])
        #expect(file.buildID == nil)
        #expect(file.dynamicSymbols.isEmpty)
        #expect(file.segments.isEmpty)
    }

    @Test(arguments: [
        (0, UInt8(0x7e), ELFError.notELF),
        (3, UInt8(0x47), .notELF),
        (4, UInt8(1), .unsupportedClass(1)),
        (5, UInt8(2), .unsupportedByteOrder(2)),
        (6, UInt8(2), .unsupportedVersion(2)),
        (20, UInt8(3), .unsupportedVersion(3)),
        (18, UInt8(183), .unsupportedMachine(Machine(rawValue: 183))),
        (58, UInt8(40), .unexpectedEntrySize(.sectionHeaders, found: 40, expected: 64)),
        (62, UInt8(6), .indexOutOfRange(.sectionHeaders, index: 6, count: 6)),
    ])
    func `a file of another kind is refused for what it is`(offset: Int, value: UInt8, error: ELFError) throws {
        let file = try SmallObject.bytes().with(value, at: offset)
        #expect(throws: error) { try ObjectFile(parsing: file) }
    }

    @Test func `a 32-bit file that is shorter than a 64-bit header is refused for its class`() throws {
        let file = Array(try SmallObject.bytes().with(UInt8(1), at: 4).prefix(52))
        #expect(throws: ELFError.unsupportedClass(1)) { try ObjectFile(parsing: file) }
    }

    @Test func `a foreign machine is named`() {
        let error = ELFError.unsupportedMachine(Machine(rawValue: 183))
        #expect(error.description == "built for AArch64: only x86-64 is supported")
    }

    @Test(arguments: [[], [0x7f], Array("\u{7f}EL".utf8), Array("#!/bin/sh\n".utf8)] as [[UInt8]])
    func `what is not ELF is refused as such`(bytes: [UInt8]) {
        #expect(throws: ELFError.notELF) { try ObjectFile(parsing: bytes) }
    }

    @Test func `a file without section headers has none`() throws {
        let file = try ObjectFile(parsing: SmallObject.bytes().with(UInt64(0), at: 40))
        #expect(file.sections.isEmpty)
        #expect(file.symbols.isEmpty)
    }

    @Test func `a file without section names has sections without names`() throws {
        let file = try ObjectFile(parsing: SmallObject.bytes().with(UInt16(0), at: 62))
        #expect(file.sections.map(\.name) == ["", "", "", "", "", ""])
    }

    @Test(arguments: [
        // Offsets and sizes within the section headers of the small object.
        (SmallObject.header(ofSection: 1) + 24, UInt64.max, "section [1] '.text'"),
        (SmallObject.header(ofSection: 1) + 32, UInt64.max, "section [1] '.text'"),
        (SmallObject.header(ofSection: 2) + 32, UInt64(49), "section [2] '.symtab'"),
        (SmallObject.header(ofSection: 2) + 56, UInt64(16), "section [2] '.symtab'"),
        (SmallObject.header(ofSection: 2) + 40, UInt64(1), "section [1] '.text'"),
        (SmallObject.header(ofSection: 2) + 40, UInt64(99), "entry 99 of the section header table"),
        (SmallObject.header(ofSection: 5) + 32, UInt64(1), "section [5] has no zero-terminated"),
        (0x48 + 24, UInt64(0x63), "section [4] '.strtab' has no zero-terminated"),
        (0x48 + 24, UInt64(9) << 48, "entry 9 of the section header table"),
        (0x48 + 24, UInt64(0xffff) << 48, "symbol 1 of section [2] '.symtab' needs a section index table"),
        (40, UInt64.max - 8, "the section header table is incomplete"),
    ])
    func `damage is refused with its place`(offset: Int, value: UInt64, place: String) throws {
        let damaged = try SmallObject.bytes().with(value, at: offset)
        let error = try #require(throws: ELFError.self) { try ObjectFile(parsing: damaged) }
        #expect(error.description.contains(place))
    }

    @Test func `a relocation of a symbol that is not there is refused`() throws {
        let file = try ObjectFile(parsing: SmallObject.bytes().with(UInt32(2), at: 0x78 + 12))
        #expect(throws: ELFError.indexOutOfRange(.symbols, index: 2, count: 2)) {
            try file.relocations(of: SectionIndex(rawValue: 1))
        }
    }

    @Test func `relocations without addends are refused`() throws {
        let header = SmallObject.header(ofSection: 3)
        let file = try ObjectFile(parsing: SmallObject.bytes().with(SHT_REL, at: header + 4))
        let part = ELFError.Part.section(SectionIndex(rawValue: 3), name: ".rela")
        #expect(throws: ELFError.implicitAddends(part)) { try file.relocations(of: SectionIndex(rawValue: 1)) }
    }

    @Test func `bytes of a section are counted from its start`() throws {
        let names = try #require(try ObjectFile(parsing: SmallObject.bytes()).section(named: ".names"))
        #expect(names.bytes(at: 1, count: 5).map(Array.init) == Array(".text".utf8))
        #expect(names.bytes(at: 36, count: 0)?.isEmpty == true)
        #expect(names.bytes(at: 36, count: 1) == nil)
        #expect(names.bytes(at: .max, count: 1) == nil)
        #expect(names.bytes(at: 0, count: -1) == nil)
    }
}
