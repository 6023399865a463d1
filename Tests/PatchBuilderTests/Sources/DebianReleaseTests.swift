// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PatchBuilder

@Suite struct `Building for another release` {
    @Test(arguments: ["", "Bookworm", "../bookworm", "book worm", "bookworm-security", "--help"])
    func `what is no code name is refused`(name: String) {
        #expect(throws: BuildError.malformedSuite(name)) { try DebianRelease(parsing: name) }
    }

    @Test func `the machine's places are asked for the other release, and for nothing else`() {
        let entries = ArchiveEntry.parse(
            sources: """
                Types: deb
                URIs: http://mirror.example/debian
                Suites: bookworm bookworm-updates bookworm-backports
                Components: main contrib
                Signed-By: /usr/share/keyrings/some.gpg

                Types: deb
                URIs: http://mirror.example/debian-security
                Suites: bookworm-security
                Components: main
                """)
        let other = ArchiveEntry.ofRelease("bookworm", in: entries).map { $0.naming("trixie", inPlaceOf: "bookworm") }
        #expect(other.map(\.suites) == [["trixie", "trixie-updates"], ["trixie-security"]])
        #expect(other.map(\.addresses) == entries.map(\.addresses))
        #expect(other[0].trust == ["Signed-By": "/usr/share/keyrings/some.gpg"])
    }
}
