// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ELF

/// Segments that this module writes.
struct SegmentWritingTests {
    private static func writer() -> ObjectWriter {
        var writer = ObjectWriter(type: .shared)
        let note = writer.add(
            SectionDraft(
                name: ".note.gnu.build-id", type: .note, flags: .allocate, address: 0x200, alignment: 4,
                contents: [4, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0x47, 0x4e, 0x55, 0, 0xab, 0xcd, 0, 0]))
        let text = writer.add(
            SectionDraft(
                name: ".text", flags: [.allocate, .execute], address: 0x1000, alignment: 16,
                contents: [UInt8](repeating: 0xc3, count: 100)))
        let data = writer.add(
            SectionDraft(
                name: ".data", flags: [.allocate, .write], address: 0x2000, alignment: 8,
                contents: [UInt8](repeating: 7, count: 24)))
        let more = writer.add(
            SectionDraft(
                name: ".data.more", flags: [.allocate, .write], address: 0x2040, alignment: 64,
                contents: [UInt8](repeating: 8, count: 8)))
        let zeroes = writer.add(SectionDraft(name: ".bss", address: 0x2080, alignment: 64, zeroCount: 0x1000))
        writer.add(SegmentDraft(flags: .read, sections: [note], includesFileHeader: true))
        writer.add(SegmentDraft(flags: [.read, .execute], sections: [text]))
        writer.add(SegmentDraft(flags: [.read, .write], sections: [data, more, zeroes]))
        writer.add(SegmentDraft(type: .note, flags: .read, sections: [note], alignment: 4))
        return writer
    }

    @Test func `segments hold their sections at their addresses`() throws {
        let bytes = try Self.writer().write()
        let file = try ObjectFile(parsing: bytes)
        #expect(file.segments.map(\.type) == [.load, .load, .load, .note])
        #expect(file.segments.map(\.virtualAddress) == [0, 0x1000, 0x2000, 0x200])
        #expect(file.segments.map(\.fileSize) == [0x214, 100, 0x48, 20])
        #expect(file.segments.map(\.memorySize) == [0x214, 100, 0x1080, 20])
        for section in file.sections where section.flags.contains(.allocate) && section.type != .noBits {
            #expect(file.bytes(atAddress: section.address, count: section.contents.count) == section.contents)
        }
        #expect(file.buildID?.description == "abcd")
        #expect(file.bytes(atAddress: 0, count: 4) == bytes[0..<4])
    }

    @Test func `file offsets are congruent to addresses`() throws {
        let file = try ObjectFile(parsing: Self.writer().write())
        for segment in file.segments where segment.type == .load {
            #expect(segment.offset % segment.alignment == segment.virtualAddress % segment.alignment)
        }
    }

    @Test func `readelf and eu-elflint accept the segments`() throws {
        let bytes = try Self.writer().write()
        #expect(try !output(of: "readelf", "-aW", about: bytes).contains("arning"))
        #expect(try output(of: "eu-elflint", "--gnu-ld", about: bytes).contains("No errors"))
    }

    @Test func `its first page in memory says what the file says`() throws {
        let bytes = try Self.writer().write()
        let image = try LoadedImage(firstBytes: Array(bytes.prefix(4096)))
        #expect(image.segments == (try ObjectFile(parsing: bytes)).segments)
        #expect(image.loadBias(mappedAt: 0x5000) == 0x5000)
    }

    @Test func `sections that do not follow each other are refused`() {
        var writer = ObjectWriter(type: .shared)
        let sections = [
            writer.add(SectionDraft(name: ".one", flags: .allocate, address: 0x1000, contents: [1])),
            writer.add(SectionDraft(name: ".two", flags: .allocate, address: 0x2000, contents: [2])),
        ]
        writer.add(SegmentDraft(flags: .read, sections: [sections[1], sections[0]]))
        #expect(throws: ELFError.self) { _ = try writer.write() }
    }

    @Test func `contents behind zeroes are refused`() {
        var writer = ObjectWriter(type: .shared)
        let zeroes = writer.add(SectionDraft(name: ".bss", address: 0x1000, zeroCount: 8))
        let data = writer.add(SectionDraft(name: ".data", flags: .allocate, address: 0x1008, contents: [1]))
        writer.add(SegmentDraft(flags: .read, sections: [zeroes, data]))
        #expect(throws: ELFError.unorderedSegment(index: 0, section: ".data")) { _ = try writer.write() }
    }

    @Test func `a gap that would make the file huge is refused`() {
        var writer = ObjectWriter(type: .shared)
        let one = writer.add(SectionDraft(name: ".one", flags: .allocate, address: 0x1000, contents: [1]))
        let two = writer.add(SectionDraft(name: ".two", flags: .allocate, address: 1 << 60, contents: [2]))
        writer.add(SegmentDraft(flags: .read, sections: [one, two]))
        #expect(throws: ELFError.self) { _ = try writer.write() }
    }
}
