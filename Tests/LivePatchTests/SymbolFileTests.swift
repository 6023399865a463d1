// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport
import Testing

@testable import LivePatch

/// The file that shows a patch to tools.
@Suite struct SymbolFileTests {
    private static let identity = ArtefactID(of: [1, 2, 3])
    private static let imageOffset: UInt64 = 0x3000

    /// Code and tables as a linker lays them out, and the functions that are in them.
    private func linked() throws -> (text: [UInt8], tables: [UInt8], manifest: Manifest) {
        let directory = try TemporaryDirectory()
        try directory.write(
            """
            int other(int);
            int first(int x) { return other(x) + 1; }
            int second(int x) { char room[100]; room[x] = x; return other(room[x & 1]) + 2; }
            int helper(int x) { return other(x + 1) + other(x); }
            """, to: "patch.c")
        try compile(
            [
                "-O2", "-fPIC", "-shared", "-nostdlib", "-fasynchronous-unwind-tables", "-Wl,-Ttext=0x10000",
                "-Wl,--section-start=.eh_frame=0x12000", "patch.c", "-o", "patch.so",
            ], in: directory)
        let file = try ObjectFile(parsing: directory.read("patch.so"))
        let text = try #require(file.section(named: ".text"))
        let tables = try #require(file.section(named: ".eh_frame"))
        var manifest = Manifest.sample
        func symbol(_ name: String) throws -> Symbol { try #require(file.symbols.first { $0.name == name }) }
        for (index, name) in ["first", "second"].enumerated() {
            manifest.functions[index].replacementOffset = try symbol(name).value - text.address
            manifest.functions[index].replacementSize = try symbol(name).size
        }
        let helper = try symbol("helper")
        manifest.addedFunctions = [.init(name: "helper", offset: helper.value - text.address, size: helper.size)]
        manifest.unwindTables = .init(offset: tables.address - text.address, areRequired: false)
        return (Array(text.contents), Array(tables.contents), manifest)
    }

    @Test func `names, code and tables lie as far from the beginning as in a process`() throws {
        let (text, tables, manifest) = try linked()
        // What follows the tables in memory is left out.
        let file = SymbolFile(
            of: Self.identity, manifest, imageOffset: Self.imageOffset, text: text,
            tables: tables + [0, 0, 0, 0] + [UInt8](repeating: 0xff, count: 64))
        let object = try ObjectFile(parsing: try file.encoded())
        let code = try #require(object.section(named: ".text"))
        #expect(Array(code.contents) == text && code.address == Self.imageOffset)
        let frames = try #require(object.section(named: ".eh_frame"))
        #expect(frames.address == Self.imageOffset + 0x2000)
        #expect(Array(frames.contents.prefix(tables.count)) == tables && frames.contents.count <= tables.count + 4)
        #expect(object.symbols.map(\.name).filter { !$0.isEmpty }.sorted() == ["first", "helper", "second"])
        for function in manifest.functions {
            let symbol = try #require(object.symbols.first { $0.name == function.name })
            #expect(symbol.value == Self.imageOffset + function.replacementOffset)
            #expect(symbol.size == function.replacementSize)
        }
    }

    @Test func `one segment shows everything where it is, and has the patch's identity`() throws {
        let (text, tables, manifest) = try linked()
        let bytes = try SymbolFile(
            of: Self.identity, manifest, imageOffset: Self.imageOffset, text: text, tables: tables
        ).encoded()
        let object = try ObjectFile(parsing: bytes)
        for section in object.sections where section.flags.contains(.allocate) {
            let place = Int(section.address)
            #expect(Array(bytes[place..<place + section.contents.count]) == Array(section.contents), "\(section.name)")
        }
        let directory = try TemporaryDirectory()
        let path = try directory.write(bytes, to: "symbols")
        let readelf = try Command("readelf", ["-W", "-l", "-n", "--debug-dump=frames", path])
        #expect(readelf.status == 0 && readelf.errors.isEmpty, "\(readelf.errors)")
        #expect(readelf.output.contains("LOAD           0x000000 0x0000000000000000"), "\(readelf.output)")
        #expect(readelf.output.contains("Build ID: \(Self.identity.description.prefix(40))"), "\(readelf.output)")
    }

    @Test func `the index leads to the entry of each function`() throws {
        let (text, tables, manifest) = try linked()
        let object = try ObjectFile(
            parsing: try SymbolFile(
                of: Self.identity, manifest, imageOffset: Self.imageOffset, text: text, tables: tables
            ).encoded())
        let section = try #require(object.section(named: ".eh_frame_hdr"))
        #expect(section.address + section.size <= Self.imageOffset, "where the process has what it tells")
        let index = try #require(CallFrameIndex(Array(section.contents), at: section.address))
        let frames = try #require(object.section(named: ".eh_frame"))
        for symbol in object.symbols where symbol.kind == .function {
            let place = try #require(index.entry(for: symbol.value + 1))
            let bytes = Array(frames.contents.dropFirst(Int(place - frames.address)))
            let common = try #require(CallFrameEntry.common(of: bytes, at: place))
            let commonBytes = Array(frames.contents.dropFirst(Int(common - frames.address)))
            let shared = try #require(CallFrameCommon(commonBytes, at: common))
            let entry = try #require(CallFrameEntry(bytes, at: place, common: shared))
            #expect(entry.start == symbol.value && entry.size == symbol.size, "\(symbol.name)")
        }
    }

    @Test func `an index that has no place in front of the image is left out`() throws {
        let (text, tables, manifest) = try linked()
        let many = (0..<60).flatMap { _ in tables }
        let bytes = try SymbolFile(
            of: Self.identity, manifest, imageOffset: 0x1000, text: text, tables: Array(many) + [0, 0, 0, 0]
        ).encoded()
        #expect(try ObjectFile(parsing: bytes).section(named: ".eh_frame_hdr") != nil)
        let more = (0..<600).flatMap { _ in tables }
        let crowded = try SymbolFile(
            of: Self.identity, manifest, imageOffset: 0x1000, text: text, tables: Array(more) + [0, 0, 0, 0]
        ).encoded()
        #expect(try ObjectFile(parsing: crowded).section(named: ".eh_frame_hdr") == nil)
    }

    @Test func `tables of a process may hold anything`() throws {
        let (text, tables, manifest) = try linked()
        for index in tables.indices {
            for byte: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                var damaged = tables
                damaged[index] = byte
                _ = try? SymbolFile(
                    of: Self.identity, manifest, imageOffset: Self.imageOffset, text: text, tables: damaged
                ).encoded()
            }
        }
        for count in tables.indices {
            _ = try? SymbolFile(
                of: Self.identity, manifest, imageOffset: Self.imageOffset, text: text,
                tables: Array(tables.prefix(count))
            ).encoded()
        }
    }
}
