// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ELF

/// Programs and libraries as they lie in a process's memory.
struct LoadedImageTests {
    @Test func `a library of this process is identified from memory alone`() throws {
        let mapping = try #require(try MappedFile.ofThisProcess().first { $0.path.contains("libc.so") })
        let image = try LoadedImage(firstBytes: MappedFile.memory(at: mapping.address, count: 4096))
        let bias = try #require(image.loadBias(mappedAt: mapping.address))
        let identities = try image.noteSegments.compactMap { segment in
            let addresses = try #require(image.addresses(of: segment, loadBias: bias))
            let notes = try MappedFile.memory(at: addresses.lowerBound, count: addresses.count)
            return BuildID(notes: notes, alignment: segment.alignment)
        }
        let file = try ObjectFile(parsing: contents(of: mapping.path))
        #expect(identities.first == file.buildID)
        #expect(image.segments == file.segments)

        let function = try #require(file.dynamicSymbols.first { $0.name == "getpid" })
        let code = try MappedFile.memory(at: bias &+ function.value, count: Int(function.size))
        #expect(code[...] == file.bytes(atAddress: function.value, count: Int(function.size)))
    }

    @Test func `a program with fixed addresses has no load bias`() throws {
        let image = try LoadedImage(firstBytes: CompiledFixture.executable.bytes())
        let address = try #require(image.segments.first { $0.type == .load }?.virtualAddress)
        #expect(address > 0)
        #expect(image.loadBias(mappedAt: address) == 0)
        #expect(image.loadBias(mappedAt: address - 0x1000) == UInt64.max - 0xfff)
    }

    @Test func `an address that is not a page's is refused`() throws {
        let image = try LoadedImage(firstBytes: CompiledFixture.library.bytes())
        #expect(image.loadBias(mappedAt: 0x7f00_0000_0000) == 0x7f00_0000_0000)
        #expect(image.loadBias(mappedAt: 0x7f00_0000_0010) == nil)
    }

    @Test func `a segment beyond the address space has no addresses`() throws {
        let image = try LoadedImage(firstBytes: CompiledFixture.library.bytes())
        let segment = Segment(
            type: .note, flags: .read, offset: 0, virtualAddress: .max - 7, fileSize: 8, memorySize: 16, alignment: 4)
        #expect(image.addresses(of: segment, loadBias: 0) == nil)
    }

    @Test func `program headers beyond the bytes given say how many are needed`() throws {
        let library = try CompiledFixture.library.bytes()
        let count = UInt64(library[56])
        #expect(
            throws: ELFError.truncated(.programHeaders, offset: 64, needed: count * 56, available: 100)
        ) { try LoadedImage(firstBytes: Array(library.prefix(100))) }
    }

    @Test func `memory that is not ELF is refused`() {
        #expect(throws: ELFError.notELF) { try LoadedImage(firstBytes: [UInt8](repeating: 0, count: 4096)) }
    }
}
