// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import ELF

/// Files that this module writes.
struct ObjectWriterTests {
    /// A relocatable object with symbols in the wrong order, two relocated sections and zeroes.
    private static func writer() -> ObjectWriter {
        var writer = ObjectWriter(type: .relocatable)
        let text = writer.add(
            SectionDraft(
                name: ".text", flags: [.allocate, .execute], alignment: 16, contents: [0xe8, 0, 0, 0, 0, 0xc3]))
        let data = writer.add(
            SectionDraft(
                name: ".data", flags: [.allocate, .write], alignment: 8, contents: [UInt8](repeating: 1, count: 16)))
        let zeroes = writer.add(SectionDraft(name: ".bss", alignment: 32, zeroCount: 64))
        let strings = writer.add(
            SectionDraft(
                name: ".rodata.str1.1", flags: [.allocate, .merge, .strings], entrySize: 1,
                contents: Array("one\0".utf8)))
        let caller = writer.add(
            SymbolDraft(name: "caller", size: 6, kind: .function, place: .section(text)))
        let called = writer.add(SymbolDraft(name: "called", kind: .none, binding: .weak, place: .undefined))
        let string = writer.add(SymbolDraft(name: "", kind: .section, binding: .local, place: .section(strings)))
        _ = writer.add(SymbolDraft(name: "source.c", kind: .file, binding: .local, place: .absolute))
        _ = writer.add(
            SymbolDraft(
                name: "zeroes", value: 32, size: 8, kind: .object, visibility: .hidden, place: .section(zeroes)))
        _ = writer.add(SymbolDraft(name: "tentative", value: 8, size: 4, kind: .object, place: .common))
        writer.addRelocation(at: 8, of: data, type: .absolute64, symbol: caller, addend: 0)
        writer.addRelocation(at: 1, of: text, type: .plt32, symbol: called, addend: -4)
        writer.addRelocation(at: 0, of: data, type: .absolute64, symbol: string, addend: 1)
        return writer
    }

    @Test func `what was written is read back`() throws {
        let file = try ObjectFile(parsing: Self.writer().write())
        #expect(file.header.type == .relocatable)
        #expect(
            file.sections.map(\.name) == [
                "", ".text", ".data", ".bss", ".rodata.str1.1", ".rela.text", ".rela.data", ".symtab", ".strtab",
                ".shstrtab",
            ])
        #expect(file.section(named: ".text")?.contents == [0xe8, 0, 0, 0, 0, 0xc3])
        #expect(file.section(named: ".text")?.alignment == 16)
        #expect(file.section(named: ".rodata.str1.1")?.flags == [.allocate, .merge, .strings])
        #expect(file.section(named: ".bss")?.size == 64)
        #expect(file.section(named: ".bss")?.contents.isEmpty == true)
        // Local symbols first, otherwise in the order in which they were added.
        #expect(file.symbols.map(\.name) == ["", "", "source.c", "caller", "called", "zeroes", "tentative"])
        #expect(file.section(named: ".symtab")?.info == 3)
        #expect(file.symbols[5].visibility == .hidden)
        #expect(file.symbols[6].place == .common)
        #expect(
            try file.relocations(of: SectionIndex(rawValue: 1)) == [
                Relocation(offset: 1, type: .plt32, symbol: SymbolIndex(rawValue: 4), addend: -4)
            ])
        #expect(
            try file.relocations(of: SectionIndex(rawValue: 2)) == [
                Relocation(offset: 8, type: .absolute64, symbol: SymbolIndex(rawValue: 3), addend: 0),
                Relocation(offset: 0, type: .absolute64, symbol: SymbolIndex(rawValue: 1), addend: 1),
            ])
    }

    @Test func `readelf reads it without a warning`() throws {
        let bytes = try Self.writer().write()
        #expect(try !output(of: "readelf", "-aW", about: bytes).contains("arning"))
        let file = try ObjectFile(parsing: bytes)
        #expect(
            file.symbols.map { Readelf.line(for: $0, sections: file.sections) }
                == (try Readelf.symbols(of: bytes, dynamic: false)))
    }

    @Test func `eu-elflint finds nothing`() throws {
        #expect(try output(of: "eu-elflint", about: Self.writer().write()).contains("No errors"))
    }

    @Test func `the linker links it`() throws {
        let bytes = try Self.writer().write()
        try withTemporaryDirectory { directory in
            try Data(bytes).write(to: directory.appending(path: "object.o"))
            try run(["ld", "-r", directory.path + "/object.o", "-o", directory.path + "/linked.o"])
            let linked = try ObjectFile(parsing: contents(of: directory.path + "/linked.o"))
            #expect(linked.symbols.contains { $0.name == "caller" && $0.size == 6 })
        }
    }

    @Test func `an object that was read is written again as it was`() throws {
        let original = try ObjectFile(parsing: CompiledFixture.object.bytes())
        let copy = try ObjectFile(parsing: ObjectWriter(copying: original).write())
        let written: (Section) -> Bool = {
            $0.type != .null && $0.type != .relocations && $0.type != .symbolTable && $0.type != .stringTable
        }
        for section in original.sections where written(section) {
            let other = try #require(copy.section(named: section.name))
            #expect(other.contents.elementsEqual(section.contents))
            #expect(other.flags == section.flags)
            #expect(other.size == section.size)
            #expect(other.alignment == section.alignment)
        }
        #expect(copy.symbols.map(\.name) == original.symbols.map(\.name))
        #expect(copy.symbols.map(\.value) == original.symbols.map(\.value))
        #expect(copy.symbols.map(\.binding) == original.symbols.map(\.binding))
        let text = try #require(original.section(named: ".text.call"))
        let copiedText = try #require(copy.section(named: ".text.call"))
        #expect(try copy.relocations(of: copiedText.index) == original.relocations(of: text.index))
    }

    @Test func `a file without symbols has no symbol table`() throws {
        var writer = ObjectWriter(type: .none)
        _ = writer.add(SectionDraft(name: ".manifest", contents: [1, 2, 3]))
        let file = try ObjectFile(parsing: writer.write())
        #expect(file.sections.map(\.name) == ["", ".manifest", ".shstrtab"])
        #expect(file.symbols.isEmpty)
    }

    @Test func `an empty file can be written and read`() throws {
        let file = try ObjectFile(parsing: ObjectWriter(type: .shared, entry: 0x1234).write())
        #expect(file.header.type == .shared)
        #expect(file.header.entry == 0x1234)
    }
}
