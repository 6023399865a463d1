// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import ELF

/// A section may have relocations in a table beside its usual one.
@Suite struct SeparateRelocationsTests {
    @Test func `tables of their own are written, and readelf agrees`() throws {
        var writer = ObjectWriter(type: .relocatable)
        let text = writer.add(
            SectionDraft(name: ".text", flags: [.allocate, .execute], contents: [UInt8](repeating: 0x90, count: 16)))
        let usual = writer.add(SymbolDraft(name: "usual", place: .undefined))
        let special = writer.add(SymbolDraft(name: "special", place: .reserved(0xff20)))
        writer.addRelocation(at: 1, of: text, type: .plt32, symbol: usual, addend: -4)
        writer.addRelocation(
            at: 8, of: text, type: .pc32, symbol: special, addend: -4, inTable: ".klp.rela.vmlinux..text",
            flags: [.allocate, SectionFlags(rawValue: 0x10_0000)])
        let bytes = try writer.write()
        let object = try ObjectFile(parsing: bytes)
        let table = try #require(object.section(named: ".klp.rela.vmlinux..text"))
        #expect(table.type == .relocations && table.info == UInt32(text.rawValue) && table.size == 24)
        #expect(table.flags.contains(SectionFlags(rawValue: 0x10_0000)))
        let relocations = try object.relocations(of: text)
        #expect(relocations.map { object.symbols[$0.symbol.rawValue].name }.sorted() == ["special", "usual"])
        let directory = try TemporaryDirectory()
        try directory.write(bytes, to: "object.o")
        let reading = try Command("readelf", ["-rsW", "object.o"], in: directory.url)
        #expect(reading.status == 0 && reading.output.contains(".klp.rela.vmlinux..text"))
        #expect(reading.output.contains("special"))
    }
}
