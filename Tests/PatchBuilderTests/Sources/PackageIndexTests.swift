// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PatchBuilder

@Suite struct `Reading what the archive says` {
    @Test(arguments: ["openssl=3.0.20-1~deb12u2", "g++-12=1:12.2.0-14+deb12u1", "0ad=0.0.26-3"])
    func `a package is a name and a version`(text: String) throws {
        #expect(try DebianPackage(parsing: text).description == text)
    }

    @Test(arguments: [
        "", "openssl", "openssl=", "=1", "OpenSSL=1", "openssl=v1", "a=1", "open ssl=1", "x/y=1", "-o=1", "ab=1 2",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: BuildError.malformedPackage(text)) { try DebianPackage(parsing: text) }
    }

    @Test func `paragraphs are read with their further lines`() {
        let stanzas = ControlStanza.parse("A: 1\nB: x,\n y\n .\n# words\nc:\n z\n\n\nA: 2\nnonsense\n lost\n")
        #expect(stanzas.count == 2)
        #expect(stanzas[0]["b"] == "x,\n y\n .")
        #expect(stanzas[0].words("C") == ["z"])
        #expect(stanzas[1]["A"] == "2\n lost")
    }

    static let key = "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQ\n -----END"

    @Test func `the sources of a machine are read in both formats`() {
        let sources = ArchiveEntry.parse(
            sources: "Types: deb\nURIs: http://one/debian http://two/debian\nSuites: bookworm bookworm-updates\n"
                + "Components: main contrib\n\(Self.key)\n\nTypes: deb\nEnabled: no\nURIs: http://off\nSuites: bookworm\n"
        )
        #expect(sources.count == 1)
        #expect(sources[0].addresses == ["http://one/debian", "http://two/debian"])
        #expect(sources[0].stanza.contains(" .\n mQ\n"))

        let list = ArchiveEntry.parse(
            list: "# deb http://no x main\n"
                + "deb [= arch= arch=amd64 signed-by=/k.gpg] http://one/debian bookworm main # why\n"
                + "deb-src http://one/debian bookworm main\ndeb http://short bookworm-updates\nnonsense\ndeb [x\n")
        #expect(list.map(\.trust) == [["Signed-By": "/k.gpg"], [:], [:]])
        #expect(list.map(\.components) == [["main"], ["main"], []])
    }

    @Test func `only the machine's own release is taken, each place once`() {
        let entries = ArchiveEntry.parse(
            list: """
                deb http://one/debian bookworm main
                deb-src http://one/debian bookworm main
                deb http://one/debian bookworm-backports main
                deb http://other/apt bookworm stable
                deb http://other/node nodistro main
                deb http://one/debian-security bookworm-security main

                """)
        let own = ArchiveEntry.ofRelease("bookworm", in: entries)
        #expect(own.map(\.suites) == [["bookworm"], ["bookworm-security"]])
        #expect(own[0].stanza.hasPrefix("Types: deb deb-src\nURIs: http://one/debian\n"))
    }

    @Test(arguments: [
        ("ID=debian\nVERSION_CODENAME=bookworm\n", "bookworm"), ("VERSION_CODENAME=\"noble\"\n", "noble"),
        ("ID=x\n", nil),
    ])
    func `the release is known by its code name`(text: String, name: String?) {
        #expect(ArchiveEntry.codename(inRelease: text) == name)
    }

    static let source = ControlStanza.parse(
        """
        Package: openssl
        Version: 3.0.20-1~deb12u2
        Package-List:
         libcrypto3-udeb udeb debian-installer optional arch=any
         libssl-dev deb libdevel optional arch=any
         libssl-doc deb doc optional arch=all
         libssl3 deb libs optional arch=any
         openssl deb utils optional arch=any
        Checksums-Sha256:
         \(String(repeating: "a", count: 64)) 15 openssl_3.0.20.orig.tar.gz
         \(String(repeating: "b", count: 64)) 2 openssl_3.0.20-1~deb12u2.dsc

        Package: openssl
        Version: 3.0.17-1~deb12u2
        """)

    @Test func `a version is found with the packages that can hold code`() throws {
        let package = try DebianPackage(parsing: "openssl=3.0.20-1~deb12u2")
        let (stanza, names) = try PackageRecord.find(package, in: Self.source)
        #expect(names == ["libssl3", "openssl"])
        let description = try PackageRecord.description(in: stanza)
        #expect(description.file == "openssl_3.0.20-1~deb12u2.dsc")
        #expect(description.digest.hasPrefix("bbb"))
    }

    @Test func `what is not offered is refused with what is`() throws {
        let package = try DebianPackage(parsing: "openssl=3.0.21-1")
        #expect(
            throws: BuildError.versionNotOffered(
                package: "openssl", version: "3.0.21-1", offered: ["3.0.20-1~deb12u2", "3.0.17-1~deb12u2"])
        ) { try PackageRecord.find(package, in: Self.source) }
        #expect(throws: BuildError.packageNotOffered("openssl")) { try PackageRecord.find(package, in: []) }
    }

    @Test(arguments: [
        "Checksums-Sha256:\n \(String(repeating: "b", count: 64)) 2 ../x.dsc\n", "Version: 1\n",
        "Checksums-Sha256: x\n",
    ])
    func `an index without a usable description is refused`(text: String) throws {
        let stanza = try #require(ControlStanza.parse(text).first)
        #expect(throws: BuildError.malformedArchiveAnswer(tool: "apt-cache", field: "Checksums-Sha256")) {
            try PackageRecord.description(in: stanza)
        }
    }

    @Test(arguments: [
        ("Package: libx\nSource: x (1.0-1)\nVersion: 1.0-1+b2\n", "1.0-1+b2"),
        ("Package: libx\nSource: x\nVersion: 1.0-1\n", "1.0-1"),
        ("Package: x\nVersion: 1.0-1\n", "1.0-1"), ("Package: libx\nSource: x (2.0-1)\nVersion: 1.0-1\n", nil),
        ("Package: libx\nSource: y\nVersion: 1.0-1\n", nil), ("Package: x\nArchitecture: all\nVersion: 1.0-1\n", nil),
    ])
    func `a binary package is tied to its source`(text: String, version: String?) throws {
        let source = try DebianPackage(parsing: "xx=1.0-1")
        let stanzas = ControlStanza.parse(text.replacing(" x", with: " xx"))
        #expect(PackageRecord.binaryVersion(of: source, in: stanzas) == version)
    }

    @Test func `a plan follows make through folders and continued lines`() {
        let plan = BuildPlan(
            parsing: """
                make[1]: Entering directory '/t/sub dir'
                gcc -c -o a.o ../ssl/a.c
                gcc -MMD \\
                  -c -o lib-a.o ../ssl/a.c
                make[1]: Leaving directory '/t/sub dir'
                gcc -c -o aa.o ssl/aa.c
                ar rc lib.a a.o -c
                echo ssl/a.c
                make[9]: Leaving directory '/t'
                make: Leaving directory '/t'
                gcc -c "a.c"
                """, directory: "/t")
        let steps = plan.steps(naming: ["ssl/a.c"])
        #expect(steps.map(\.directory) == ["/t/sub dir", "/t/sub dir", "/t"])
        #expect(steps[1].command.contains("\\\n"))
        #expect(plan.steps(naming: ["ssl/aa.c"]).count == 1)
        #expect(plan.steps(naming: []).isEmpty)
    }
}
