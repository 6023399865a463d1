// SPDX-License-Identifier: Apache-2.0

import TestSupport
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

    @Test func `a mutated artefact is refused or valid, and never traps`() throws {
        let file = try Artefact.sample().encoded()
        var random = SeededGenerator(seed: SeededGenerator.seed)
        for _ in 0..<3000 {
            var mutated = file
            for _ in 0...Int(random.next() % 4) {
                mutated[Int(random.next() % UInt64(file.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            do throws(ArtefactError) {
                let artefact = try Artefact(parsing: mutated)
                try artefact.validate()
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}
