// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LivePatch

@Suite struct LoadRelocationTests {
    @Test func `a distance counts from the field`() throws {
        let relocation = LoadRelocation(offset: 0x10, kind: .relative32, target: 0x500, addend: -4, symbol: "f")
        let bytes = try relocation.bytes(loadBias: 0x7000_0000_0000, patchBase: 0x7000_0001_0000)
        // S + A - P = 0x500 - 4 - 0x10010
        #expect(bytes == [0xec, 0x04, 0xff, 0xff])
    }

    @Test func `an address of the patch moves with the patch`() throws {
        let relocation = LoadRelocation(offset: 0, kind: .absolute64, patchOffset: 0x20)
        let bytes = try relocation.bytes(loadBias: 0, patchBase: 0x1122_3344_5566_7000)
        #expect(bytes == [0x20, 0x70, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11])
    }

    @Test(arguments: [LoadRelocation.Kind.relative32, .absolute32, .absolute32Signed])
    func `a value that does not fit is refused with its symbol`(kind: LoadRelocation.Kind) {
        let relocation = LoadRelocation(offset: 8, kind: kind, target: 0, addend: 0, symbol: "far")
        let error = #expect(throws: RelocationOverflow.self) {
            try relocation.bytes(loadBias: 0x7fff_0000_0000, patchBase: 0x1000)
        }
        #expect(error?.symbol == "far")
        #expect(error?.offset == 8)
    }

    @Test func `an identity is told by its leading digits`() throws {
        let identity = ArtefactID(of: Array("abc".utf8))
        // FIPS 180-2, appendix B.1
        #expect(identity.description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(identity.matches("BA7816bf8f01"))
        #expect(!identity.matches("ba78"), "four digits are too few")
        #expect(!identity.matches("ba7816bf8f02"))
    }
}
