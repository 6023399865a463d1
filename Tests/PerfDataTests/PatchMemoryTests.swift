// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PerfData

/// A patch's memory is found in what a profile tells.
@Suite struct PatchMemoryTests {
    private static let name = "[anon:kaketsugi:0123456789ab]"
    private static let shape = PatchShape(name: name, size: 0x9000, text: 0x2000..<0x3000, stub: 0x5000..<0x6000)

    /// Mappings in the order in which a profile tells of them.
    private func mappings(
        _ list: [(start: UInt64, size: UInt64, isExecutable: Bool)], of process: Int32 = 7, name: String = "//anon"
    ) -> [RecordedMapping] {
        list.enumerated().map { index, mapping in
            RecordedMapping(
                place: .init(offset: index), process: process, range: mapping.start..<mapping.start + mapping.size,
                isExecutable: mapping.isExecutable, name: name)
        }
    }

    /// As a patch is mapped: all of it, then its parts.
    private func applied(at start: UInt64) -> [(start: UInt64, size: UInt64, isExecutable: Bool)] {
        [
            (start, 0x9000, false), (start + 0x2000, 0x1000, true), (start + 0x5000, 0x1000, true),
            (start + 0x7000, 0x2000, false),
        ]
    }

    private func memory(at start: UInt64) -> PatchMemory {
        PatchMemory(process: 7, region: start..<start + 0x9000, text: start + 0x2000..<start + 0x3000)
    }

    @Test func `all parts of the memory are in the file, as far from its beginning`() {
        let all = mappings([(0x1000, 0x1000, true)] + applied(at: 0x10000) + [(0x30000, 0x1000, false)])
        let places = memory(at: 0x10000).places(among: all)
        #expect(places.sorted { $0.key < $1.key }.map(\.value) == [0, 0x2000, 0x5000, 0x7000])
        #expect(memory(at: 0x11000).places(among: all).isEmpty)
        let other = mappings(applied(at: 0x10000), of: 8)
        #expect(memory(at: 0x10000).places(among: other).isEmpty)
    }

    @Test func `what was at the same place before is not the patch`() {
        let jit = mappings([(0x11000, 0x4000, true)] + applied(at: 0x10000))
        #expect(memory(at: 0x10000).places(among: jit).keys.map(\.offset).sorted() == [1, 2, 3, 4])
        let levels = mappings(applied(at: 0x10000) + applied(at: 0x10000))
        // The end of the first level's memory cannot be told from the second's.
        #expect(memory(at: 0x10000).places(among: levels).keys.map(\.offset).sorted() == [2, 3, 4, 5, 6, 7])
    }

    @Test func `code that is there in the end is not the patch if it lies otherwise`() {
        let all = mappings(applied(at: 0x10000) + [(0x11000, 0x4000, true)])
        #expect(memory(at: 0x10000).places(among: all).isEmpty)
        let joined = mappings([(0x12000, 0x4000, true)])
        #expect(memory(at: 0x10000).places(among: joined).count == 1)
    }

    @Test func `a shape is found by all of its parts`() {
        let found = [memory(at: 0x10000)]
        #expect(Self.shape.memories(among: mappings(applied(at: 0x10000))) == found)
        let executable = applied(at: 0x10000).filter(\.isExecutable)
        #expect(Self.shape.memories(among: mappings(executable)) == found, "a profile that tells of code alone")
        let text = [executable[0]]
        #expect(Self.shape.memories(among: mappings(text)).isEmpty)
        #expect(Self.shape.memories(among: mappings(text + [(0x16000, 0x1000, true)])).isEmpty)
        #expect(
            Self.shape.memories(among: mappings(executable + [(0x40000, 0x1000, false)])).isEmpty,
            "it tells of other memory, and not of the beginning")
        #expect(Self.shape.memories(among: mappings([(0x1000, 0x1000, true), (0x4000, 0x1000, true)])).isEmpty)
    }

    @Test func `memory with a name is the patch's that it names`() {
        let executable = applied(at: 0x10000).filter(\.isExecutable)
        #expect(Self.shape.memories(among: mappings(executable, name: Self.name)) == [memory(at: 0x10000)])
        #expect(Self.shape.memories(among: mappings(executable, name: "[anon:kaketsugi:ba9876543210]")).isEmpty)
        var bare = Self.shape
        bare.stub = nil
        #expect(bare.memories(among: mappings([executable[0]], name: Self.name)) == [memory(at: 0x10000)])
        #expect(bare.memories(among: mappings([executable[0]])).isEmpty, "any code of a page could be it")
        let withStart = mappings(Array(applied(at: 0x10000).prefix(2)))
        #expect(bare.memories(among: withStart) == [memory(at: 0x10000)])
    }

    @Test func `addresses at the end of the address space are no memory of a patch`() {
        let last = mappings([(.max - 0xfff, 0xfff, true), (.max - 0x1fff, 0x1000, true)])
        #expect(Self.shape.memories(among: last).isEmpty)
    }
}
