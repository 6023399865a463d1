// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PerfData

/// Profiles are read, and written with other names of memory.
@Suite struct PerfDataFileTests {
    private static let before = SampleProfile.record(9, [UInt8](repeating: 3, count: 40))
    private static let code: Range<UInt64> = 0x7000_1000..<0x7000_2000
    private static let path = "/var/tmp/kaketsugi-0123456789ab-library"

    private func mappings(_ file: [UInt8]) throws(PerfDataError) -> [RecordedMapping] {
        try PerfDataFile(parsing: file.rawSpan).anonymousMappings()
    }

    private func copy(
        _ file: [UInt8], _ renamings: [RecordedMapping.Place: PerfDataFile.Renaming]
    ) throws -> [UInt8] {
        var copy: [UInt8] = []
        try PerfDataFile(parsing: file.rawSpan).copy(renaming: renamings) { (bytes) throws(PerfDataError) in
            copy += bytes
        }
        return copy
    }

    @Test func `a profile in which nothing is renamed is copied as it is`() throws {
        let file = SampleProfile(records: [Self.before, SampleProfile.mapping(Self.code)]).file
        #expect(try copy(file, [:]) == file)
    }

    @Test func `memory without a file is told, and that of files is not`() throws {
        let file = SampleProfile(records: [
            SampleProfile.mapping(0x1000..<0x2000, "/usr/bin/true"), SampleProfile.mapping(0x2000..<0x3000, "[vdso]"),
            SampleProfile.mapping(Self.code, of: 12), SampleProfile.mapping(0x5000..<0x6000, isData: true),
            SampleProfile.oldMapping(0x8000..<0x9000, "[anon:kaketsugi:0123456789ab]"),
        ]).file
        let found = try mappings(file)
        #expect(found.map(\.name) == ["//anon", "//anon", "[anon:kaketsugi:0123456789ab]"])
        #expect(found.map(\.process) == [12, 7, 7])
        #expect(found.map(\.range) == [Self.code, 0x5000..<0x6000, 0x8000..<0x9000])
        #expect(found.map(\.isExecutable) == [true, false, true])
    }

    @Test func `renamed memory names the file, and what is behind it moves`() throws {
        let behind = SampleProfile.record(3, Array("behind.".utf8) + [0])
        let old = SampleProfile(records: [
            Self.before, SampleProfile.mapping(Self.code), behind,
            SampleProfile.oldMapping(Self.code, "[anon:kaketsugi:0123456789ab]"), behind,
        ])
        let places = try mappings(old.file).map(\.place)
        let renaming = PerfDataFile.Renaming(path: Self.path, offset: 0x3000)
        let new = try copy(old.file, [places[0]: renaming, places[1]: renaming])

        // What the first record says now: no build ID, no identity, and another place in the file.
        var first = SampleProfile.mapping(Self.code, Self.path)
        first[5] &= ~0x40
        first.replaceSubrange(32..<64, with: SampleProfile.bytes(UInt64(0x3000)) + [UInt8](repeating: 0, count: 24))
        var second = SampleProfile.oldMapping(Self.code, Self.path)
        second.replaceSubrange(32..<40, with: SampleProfile.bytes(UInt64(0x3000)))
        let expected = SampleProfile(records: [Self.before, first, behind, second, behind], sections: old.sections)
        #expect(new == expected.file)
        #expect(try mappings(new).isEmpty)
    }

    @Test(
        arguments: [
            ("", .notProfile), ("PERFFILE", .notProfile), ("2ELIFREP", .otherByteOrder),
        ] as [(String, PerfDataError)])
    func `what is no profile is refused`(start: String, error: PerfDataError) {
        #expect(throws: error) { try mappings(Array(start.utf8)) }
    }

    /// A change of a good profile, and how it is refused.
    struct Damage: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var offset: Int
        var number: UInt64
        var error: PerfDataError
    }

    @Test(arguments: [
        Damage(testDescription: "a pipe's header", offset: 8, number: 16, error: .piped),
        Damage(testDescription: "a longer header", offset: 8, number: 112, error: .unknownHeader(size: 112)),
        Damage(testDescription: "no end of the records", offset: 48, number: 0, error: .unfinished),
        Damage(
            testDescription: "records behind the end", offset: 40, number: 1 << 40,
            error: .misplaced(.records, offset: 1 << 40, size: 48)),
        Damage(
            testDescription: "more records than there can be", offset: 48, number: .max,
            error: .misplaced(.records, offset: 256, size: .max)),
        Damage(
            testDescription: "attributes behind the records", offset: 24, number: 200,
            error: .misplaced(.attributes, offset: 200, size: 144)),
        Damage(
            testDescription: "attributes without a size", offset: 16, number: 0,
            error: .misplaced(.attributes, offset: 112, size: 144)),
        Damage(
            testDescription: "identifiers behind the records", offset: 240, number: 300,
            error: .misplaced(.identifiers, offset: 300, size: 8)),
        Damage(
            testDescription: "a section before the records", offset: 304, number: 0,
            error: .misplaced(.section, offset: 0, size: 4)),
    ])
    func `a profile that contradicts itself is refused`(damage: Damage) {
        var file = SampleProfile(records: [Self.before]).file
        file.replaceSubrange(damage.offset..<damage.offset + 8, with: SampleProfile.bytes(damage.number))
        #expect(throws: damage.error) { try mappings(file) }
    }

    @Test(arguments: [(18, .traces), (24, .severalFiles), (27, .compression)] as [(Int, PerfDataError.Feature)])
    func `what only perf itself can copy is refused`(section: Int, feature: PerfDataError.Feature) {
        let file = SampleProfile(records: [Self.before], sections: [section: [1, 2, 3, 4]]).file
        #expect(throws: PerfDataError.unsupported(feature)) { try mappings(file) }
    }

    @Test(
        arguments: [(71, .traces), (66, .traces), (81, .compression), (83, .compression)]
            as [(UInt32, PerfDataError.Feature)])
    func `records that hide others are refused`(type: UInt32, feature: PerfDataError.Feature) {
        let file = SampleProfile(records: [SampleProfile.record(type, [UInt8](repeating: 0, count: 40))]).file
        #expect(throws: PerfDataError.unsupported(feature)) { try mappings(file) }
    }

    @Test func `records that make no sense are refused`() {
        let unending = Array(SampleProfile.mapping(Self.code).dropLast(18)) + [UInt8](repeating: 1, count: 18)
        var short = Self.before
        short[6] = 4
        var long = Self.before
        long[6] = 200
        let tooMuch = SampleProfile.record(
            10, Array(SampleProfile.mapping(Self.code).dropFirst(8)) + [UInt8](repeating: 0, count: 64))
        for record in [unending, short, long, tooMuch, SampleProfile.record(10, [1, 2, 3, 4, 5, 6, 7, 8])] {
            #expect(throws: PerfDataError.badRecord(offset: 256)) {
                try mappings(SampleProfile(records: [record]).file)
            }
        }
    }

    @Test func `a path that no record can hold is refused before anything is written`() throws {
        let file = SampleProfile(records: [SampleProfile.mapping(Self.code)]).file
        let place = try #require(try mappings(file).first?.place)
        for path in [String(repeating: "a", count: 4096), "/a\0b"] {
            var isWritten = false
            #expect(throws: (any Error).self) {
                try PerfDataFile(parsing: file.rawSpan).copy(
                    renaming: [place: PerfDataFile.Renaming(path: path, offset: 0)]
                ) { _ in isWritten = true }
            }
            #expect(!isWritten)
        }
    }

    @Test func `no damage of a profile is fatal`() throws {
        let file = SampleProfile(records: [Self.before, SampleProfile.mapping(Self.code), Self.before]).file
        func exercise(_ file: [UInt8]) {
            guard let found = try? mappings(file) else { return }
            let renamings = found.map { ($0.place, PerfDataFile.Renaming(path: Self.path, offset: 0)) }
            _ = try? copy(file, Dictionary(renamings) { first, _ in first })
        }
        for count in file.indices { exercise(Array(file[..<count])) }
        for index in file.indices {
            for byte: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                var damaged = file
                damaged[index] = byte
                exercise(damaged)
            }
        }
    }
}
