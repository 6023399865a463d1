// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LivePatch

@Suite struct ArtefactFileTests {
    @Test func `what is written is read back`() throws {
        let artefact = Artefact.sample()
        #expect(try Artefact(parsing: artefact.encoded()) == artefact)
    }

    @Test func `the same artefact gives the same bytes`() throws {
        #expect(try Artefact.sample().encoded() == Artefact.sample().encoded())
    }

    @Test func `an artefact cut short at any byte is refused`() throws {
        let file = try Artefact.sample().encoded()
        for length in 0..<file.count {
            #expect(throws: ArtefactError.self) { try Artefact(parsing: Array(file.prefix(length))) }
        }
    }

    @Test func `a text file is no artefact`() {
        #expect(throws: ArtefactError.self) { try Artefact(parsing: Array("#!/bin/sh\n".utf8)) }
    }

    @Test(arguments: 0..<16)
    func `a mutated artefact is refused or valid, and never traps`(round: UInt64) throws {
        let file = try Artefact.sample().encoded()
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(state: seed)
        for _ in 0..<200 {
            var mutated = file
            for _ in 0...Int(random.next() % 4) {
                mutated[Int(random.next() % UInt64(file.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            do throws(ArtefactError) {
                let artefact = try Artefact(parsing: mutated)
                try artefact.validate()
            } catch {
                #expect(!error.description.isEmpty, "seed \(seed), round \(round)")
            }
        }
    }
}

/// A small seeded generator, so that a failing run can be repeated.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
