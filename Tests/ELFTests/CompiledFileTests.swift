// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ELF

/// What the compiler makes is read as `readelf` reads it.
struct CompiledFileTests {
    @Test(arguments: [CompiledFixture.object, CompiledFixture.library, CompiledFixture.executable])
    func `symbols are those of readelf`(fixture: CompiledFixture) throws {
        let bytes = try fixture.bytes()
        let file = try ObjectFile(parsing: bytes)
        #expect(!file.symbols.isEmpty)
        #expect(
            file.symbols.map { Readelf.line(for: $0, sections: file.sections) }
                == (try Readelf.symbols(of: bytes, dynamic: false)))
    }

    @Test(arguments: [CompiledFixture.library, CompiledFixture.packedLibrary, CompiledFixture.executable])
    func `dynamic symbols and their versions are those of readelf`(fixture: CompiledFixture) throws {
        let bytes = try fixture.bytes()
        let file = try ObjectFile(parsing: bytes)
        #expect(!file.dynamicSymbols.isEmpty)
        #expect(
            file.dynamicSymbols.map { Readelf.line(for: $0, sections: file.sections) }
                == (try Readelf.symbols(of: bytes, dynamic: true)))
    }

    @Test func `relocations are those of readelf`() throws {
        let bytes = try CompiledFixture.object.bytes()
        let file = try ObjectFile(parsing: bytes)
        let relocations = try file.sections.filter { $0.type == .relocations }.flatMap { section in
            try file.relocations(of: SectionIndex(rawValue: Int(section.info)))
        }
        #expect(relocations.map(Readelf.line) == (try Readelf.relocations(of: bytes)))
        #expect(Set(relocations.map(\.type)).isSuperset(of: [.pc32, .plt32, .absolute64]))
    }

    @Test(arguments: [CompiledFixture.library, CompiledFixture.executable])
    func `dynamic relocations are those of readelf`(fixture: CompiledFixture) throws {
        let bytes = try fixture.bytes()
        let file = try ObjectFile(parsing: bytes)
        #expect(!file.dynamicRelocations.isEmpty)
        #expect(file.dynamicRelocations.map(Readelf.line) == (try Readelf.relocations(of: bytes)))
    }

    @Test func `packed relative relocations are those of the library that does not pack them`() throws {
        let packed = try ObjectFile(parsing: CompiledFixture.packedLibrary.bytes())
        let plain = try ObjectFile(parsing: CompiledFixture.library.bytes())
        #expect(packed.section(named: ".relr.dyn") != nil)
        /// What a relative relocation points at, as bytes: the layouts differ.
        func targets(_ file: ObjectFile) -> [ArraySlice<UInt8>?] {
            file.dynamicRelocations.filter { $0.type == .relative }.sorted { $0.offset < $1.offset }.map {
                file.bytes(atAddress: UInt64(bitPattern: $0.addend), count: 4)
            }
        }
        #expect(targets(packed).contains { $0 == Array("one\0".utf8)[...] })
        #expect(targets(packed).count == targets(plain).count)
    }

    @Test func `a library without section headers has the same dynamic symbols`() throws {
        let bytes = try CompiledFixture.library.bytes()
        let whole = try ObjectFile(parsing: bytes)
        let bare = try ObjectFile(parsing: bytes.with(UInt64(0), at: 40).with(UInt32(0), at: 60))
        #expect(bare.sections.isEmpty)
        #expect(bare.dynamicSymbols == whole.dynamicSymbols)
        #expect(bare.dynamicRelocations == whole.dynamicRelocations)
        #expect(bare.sharedObjectName == "libfixture.so.1")
        #expect(bare.buildID == whole.buildID)
        #expect(bare.buildID != nil)
    }

    @Test func `a hidden version is told from the default one`() throws {
        let file = try ObjectFile(parsing: CompiledFixture.library.bytes())
        let versions = file.dynamicSymbols.filter { $0.name == "versioned" }
        #expect(versions.first { $0.version == "FIRST" }?.hasHiddenVersion == true)
        #expect(versions.first { $0.version == "SECOND" }?.hasHiddenVersion == false)
        #expect(file.dynamicSymbols.first { $0.name == "puts" }?.version == "GLIBC_2.2.5")
    }

    @Test func `the build ID is that of readelf`() throws {
        let bytes = try CompiledFixture.library.bytes()
        let identity = try #require(try ObjectFile(parsing: bytes).buildID)
        #expect(identity.bytes.count == 20)
        #expect(try output(of: "readelf", "-nW", about: bytes).contains("Build ID: \(identity)"))
    }

    @Test func `the compiler is named`() throws {
        let compilers = try ObjectFile(parsing: CompiledFixture.object.bytes()).compilers
        #expect(compilers.count == 1)
        #expect(compilers.first?.hasPrefix("GCC: ") == true)
    }

    @Test func `binding to own definitions is seen`() throws {
        #expect(try ObjectFile(parsing: CompiledFixture.symbolicLibrary.bytes()).isBoundSymbolically)
        #expect(try !ObjectFile(parsing: CompiledFixture.library.bytes()).isBoundSymbolically)
    }

    @Test func `bytes at an address are those of the section that is there`() throws {
        let file = try ObjectFile(parsing: CompiledFixture.library.bytes())
        let text = try #require(file.section(named: ".text"))
        #expect(file.bytes(atAddress: text.address, count: Int(text.size)) == text.contents)
        #expect(file.bytes(atAddress: text.address, count: -1) == nil)
        #expect(file.bytes(atAddress: .max, count: 1) == nil)
        let zeroes = try #require(file.section(named: ".bss"))
        #expect(zeroes.contents.isEmpty)
        #expect(file.bytes(atAddress: zeroes.address, count: Int(zeroes.size)) == nil)
    }

    @Test func `this machine's C library is read`() throws {
        let path = try #require(try MappedFile.ofThisProcess().first { $0.path.contains("libc.so") }?.path)
        let file = try ObjectFile(parsing: contents(of: path))
        #expect(file.dynamicSymbols.contains { $0.name == "memcpy" && $0.kind == .indirectFunction })
    }
}
