// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ELF

/// Layer 1: records lie in memory as they lie in files.
struct RawRecordTests {
    @Test func `records have the sizes of the specification`() {
        #expect(MemoryLayout<Elf64_Ehdr>.size == 64)
        #expect(MemoryLayout<Elf64_Shdr>.size == 64)
        #expect(MemoryLayout<Elf64_Phdr>.size == 56)
        #expect(MemoryLayout<Elf64_Sym>.size == 24)
        #expect(MemoryLayout<Elf64_Rela>.size == 24)
        #expect(MemoryLayout<Elf64_Dyn>.size == 16)
        #expect(MemoryLayout<Elf64_Nhdr>.size == 12)
        #expect(MemoryLayout<Elf64_Verdef>.size == 20)
        #expect(MemoryLayout<Elf64_Verdaux>.size == 8)
        #expect(MemoryLayout<Elf64_Verneed>.size == 16)
        #expect(MemoryLayout<Elf64_Vernaux>.size == 16)
    }

    @Test func `records have no padding behind them`() {
        #expect(MemoryLayout<Elf64_Nhdr>.stride == 12)
        #expect(MemoryLayout<Elf64_Sym>.stride == 24)
        #expect(MemoryLayout<Elf64_Verdef>.stride == 20)
    }

    @Test func `the file header's fields have the offsets of the specification`() {
        #expect(MemoryLayout<Elf64_Ehdr>.offset(of: \.e_type) == 16)
        #expect(MemoryLayout<Elf64_Ehdr>.offset(of: \.e_machine) == 18)
        #expect(MemoryLayout<Elf64_Ehdr>.offset(of: \.e_version) == 20)
        #expect(MemoryLayout<Elf64_Ehdr>.offset(of: \.e_entry) == 24)
        #expect(MemoryLayout<Elf64_Ehdr>.offset(of: \.e_phoff) == 32)
        #expect(MemoryLayout<Elf64_Ehdr>.offset(of: \.e_shoff) == 40)
        #expect(MemoryLayout<Elf64_Ehdr>.offset(of: \.e_flags) == 48)
        #expect(MemoryLayout<Elf64_Ehdr>.offset(of: \.e_ehsize) == 52)
        #expect(MemoryLayout<Elf64_Ehdr>.offset(of: \.e_phnum) == 56)
        #expect(MemoryLayout<Elf64_Ehdr>.offset(of: \.e_shentsize) == 58)
        #expect(MemoryLayout<Elf64_Ehdr>.offset(of: \.e_shstrndx) == 62)
    }

    @Test func `a symbol's fields are read from their places`() throws {
        let symbol = try bytes(
            hexadecimal: """
                04 03 02 01                 # st_name
                12                          # st_info
                02                          # st_other
                07 00                       # st_shndx
                08 07 06 05 04 03 02 01     # st_value
                10 00 00 00 00 00 00 00     # st_size
                """)
        let found = symbol.rawSpan.record(Elf64_Sym.self, at: 0)
        let record = try #require(found)
        #expect(record.st_name == 0x0102_0304)
        #expect(record.st_info == 0x12)
        #expect(record.st_other == 2)
        #expect(record.st_shndx == 7)
        #expect(record.st_value == 0x0102_0304_0506_0708)
        #expect(record.st_size == 16)
    }

    @Test func `a record is written as it was read`() throws {
        let original = (0..<24).map { UInt8($0) }
        let found = original.rawSpan.record(Elf64_Sym.self, at: 0)
        let record = try #require(found)
        var written: [UInt8] = []
        written.append(record)
        #expect(written == original)
    }

    @Test(arguments: [-1, 1, 9, Int.max, Int.min])
    func `a record that is not wholly there is nil`(offset: Int) {
        let bytes = [UInt8](repeating: 0, count: 24)
        let found = bytes.rawSpan.record(Elf64_Sym.self, at: offset)
        #expect(found == nil)
    }

    @Test func `a record may lie at any offset`() throws {
        let bytes: [UInt8] = [0xff, 1, 0, 0, 0, 0xff]
        let found = bytes.rawSpan.record(UInt32.self, at: 1)
        #expect(found == 1)
    }
}
