// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ELF

/// What cannot be written is refused before anything is written.
struct WritingRefusalTests {
    private let absent = SectionIndex(rawValue: 9)

    @Test func `a name with a zero byte is refused`() {
        var writer = ObjectWriter(type: .relocatable)
        _ = writer.add(SectionDraft(name: ".a\0b", contents: []))
        let error = #expect(throws: ELFError.self) { _ = try writer.write() }
        #expect(error?.description == #"the name '.a\0b' has a zero byte in it"#)
    }

    @Test(arguments: [UInt64(3), 6, .max])
    func `an alignment that is not a power of two is refused`(alignment: UInt64) {
        var writer = ObjectWriter(type: .relocatable)
        _ = writer.add(SectionDraft(name: ".a", alignment: alignment, contents: []))
        #expect(throws: ELFError.invalidAlignment(section: ".a", alignment: alignment)) { _ = try writer.write() }
    }

    @Test func `an enormous alignment is refused`() {
        var writer = ObjectWriter(type: .relocatable)
        _ = writer.add(SectionDraft(name: ".a", alignment: 1 << 63, contents: [1]))
        #expect(throws: ELFError.self) { _ = try writer.write() }
    }

    @Test func `a symbol in a section that was not added is refused`() {
        var writer = ObjectWriter(type: .relocatable)
        _ = writer.add(SymbolDraft(name: "f", place: .section(absent)))
        #expect(throws: ELFError.indexOutOfRange(.sectionHeaders, index: 9, count: 1)) { _ = try writer.write() }
    }

    @Test func `the reserved index that means another one is refused`() {
        var writer = ObjectWriter(type: .relocatable)
        _ = writer.add(SymbolDraft(name: "f", place: .reserved(0xffff)))
        #expect(throws: ELFError.self) { _ = try writer.write() }
    }

    @Test func `relocations of a section that was not added are refused`() {
        var writer = ObjectWriter(type: .relocatable)
        writer.addRelocation(at: 0, of: absent, type: .pc32, symbol: nil, addend: 0)
        #expect(throws: ELFError.indexOutOfRange(.sectionHeaders, index: 9, count: 1)) { _ = try writer.write() }
    }

    @Test func `a segment of a section that was not added is refused`() {
        var writer = ObjectWriter(type: .shared)
        writer.add(SegmentDraft(flags: .read, sections: [absent]))
        #expect(throws: ELFError.indexOutOfRange(.sectionHeaders, index: 9, count: 1)) { _ = try writer.write() }
    }

    @Test func `a link to a section that was not added is refused`() {
        var writer = ObjectWriter(type: .relocatable)
        _ = writer.add(SectionDraft(name: ".a", link: .section(absent), contents: []))
        #expect(throws: ELFError.indexOutOfRange(.sectionHeaders, index: 9, count: 2)) { _ = try writer.write() }
    }
}
