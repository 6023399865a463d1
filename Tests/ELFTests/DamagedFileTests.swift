// SPDX-License-Identifier: Apache-2.0

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
