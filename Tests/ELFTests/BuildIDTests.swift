// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ELF

/// Identities, and the notes that hold them.
struct BuildIDTests {
    private static let notes = """
        # the first note: another owner's
        05 00 00 00         # n_namesz
        02 00 00 00         # n_descsz
        03 00 00 00         # n_type
        58 65 6e 73 00      # name: Xens, and padding to 4
        00 00 00
        aa bb 00 00         # descriptor, and padding to 4

        # the second note: the build ID
        04 00 00 00         # n_namesz
        03 00 00 00         # n_descsz
        03 00 00 00         # n_type: NT_GNU_BUILD_ID
        47 4e 55 00         # name: GNU
        01 ab ff 00         # descriptor, and padding to 4
        """

    @Test func `the build ID is found behind other notes`() throws {
        let identity = try #require(BuildID(notes: try bytes(hexadecimal: Self.notes)))
        #expect(identity.bytes == [0x01, 0xab, 0xff])
        #expect(identity.description == "01abff")
    }

    @Test func `the last descriptor's padding need not be there`() throws {
        let notes = try bytes(hexadecimal: Self.notes)
        #expect(BuildID(notes: Array(notes.dropLast()))?.description == "01abff")
    }

    @Test func `notes that are cut anywhere give no build ID`() throws {
        let notes = try bytes(hexadecimal: Self.notes)
        for count in 0..<notes.count - 1 {
            #expect(BuildID(notes: Array(notes.prefix(count))) == nil)
        }
    }

    @Test(arguments: [UInt32(0x7fff_ffff), .max, .max - 3])
    func `sizes beyond the end give no build ID`(size: UInt32) throws {
        let notes = try bytes(hexadecimal: Self.notes)
        #expect(BuildID(notes: notes.with(size, at: 0)) == nil)
        #expect(BuildID(notes: notes.with(size, at: 4)) == nil)
        #expect(BuildID(notes: notes.with(size, at: 24 + 4)) == nil)
    }

    @Test func `an empty build ID is none`() throws {
        let notes = try bytes(hexadecimal: "04000000 00000000 03000000 474e5500")
        #expect(BuildID(notes: notes) == nil)
    }

    @Test func `notes of alignment 8 are padded to 8`() throws {
        let notes = try bytes(
            hexadecimal: """
                04 00 00 00 04 00 00 00 05 00 00 00     # a property note
                47 4e 55 00                             # GNU
                01 02 03 04 00 00 00 00                 # descriptor, and padding to 8
                04 00 00 00 02 00 00 00 03 00 00 00     # the build ID
                47 4e 55 00
                cd ef 00 00 00 00 00 00
                """)
        #expect(BuildID(notes: notes, alignment: 8)?.description == "cdef")
        #expect(BuildID(notes: notes, alignment: 4) == nil)
    }

    @Test func `hexadecimal digits of either case are read`() {
        #expect(BuildID(hexadecimal: "00aBCf") == BuildID(bytes: [0x00, 0xab, 0xcf]))
    }

    @Test(arguments: ["", "a", "0g", "+1", " 1", "é", "12 3"])
    func `anything but pairs of digits is refused`(text: String) {
        #expect(BuildID(hexadecimal: text) == nil)
    }

    @Test func `a build ID is coded as its digits`() throws {
        let identity = BuildID(bytes: [0xde, 0xad])
        let json = try JSONEncoder().encode([identity])
        #expect(String(decoding: json, as: UTF8.self) == #"["dead"]"#)
        #expect(try JSONDecoder().decode([BuildID].self, from: json) == [identity])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([BuildID].self, from: Data(#"["dea"]"#.utf8)) }
    }
}
