// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import LivePatch
import TestSupport
import Testing

@testable import PatchCatalogue
@testable import UpdateFramework

/// Live patches as targets.
@Suite(.timeLimit(.minutes(5))) struct CatalogueTests {
    static let now = UpdateTime(secondsSince1970: 1_782_907_200)

    /// A repository in which one key signs all that is offline, and one all that is online.
    struct Site {
        let directory: TemporaryDirectory
        let tree: RepositoryTree
        let offline: SigningKey
        let online: SigningKey
        var server: OnlineRepository { OnlineRepository(tree, signers: [online]) }

        init() throws {
            directory = try TemporaryDirectory(in: .memory)
            tree = RepositoryTree(path: directory.path("repository"))
            offline = try SigningKey(generating: .ed25519)
            online = try SigningKey(generating: .ed25519)
            let holder = RootCeremony.Holders([offline.publicKey], threshold: 1)
            let machine = RootCeremony.Holders([online.publicKey], threshold: 1)
            let first = try CeremonyBundle(
                beginning: [.root: holder, .targets: holder, .snapshot: machine, .timestamp: machine],
                revocations: machine, names: [:], at: CatalogueTests.now)
            try publish(first)
        }

        func publish(_ change: CeremonyBundle) throws {
            var change = change
            _ = try change.sign(with: offline)
            _ = try server.publish(change, at: CatalogueTests.now)
        }

        func add(_ files: [[UInt8]], product: String = "openssl", distribution: String = "debian-12") throws {
            var change = try CeremonyBundle(changing: tree)
            for file in files {
                _ = try change.add(
                    patch: file, to: try PatchShelf(product: product, distribution: distribution), severity: .high,
                    restart: .process, at: CatalogueTests.now)
            }
            try publish(change)
        }

        /// What a host of the first day finds, and how many bytes of metadata it fetched for that.
        func find(_ path: TargetPath, at now: UpdateTime = CatalogueTests.now) async throws -> (TargetFile, Int) {
            let host = try TemporaryDirectory(in: .memory)
            let metadata = MetadataDirectory(path: host.path)
            try metadata.initialize(trustedRoot: try directory.read("repository/metadata/1.root.json"))
            var client = UpdateClient(
                directory: metadata, repository: DirectoryFetcher(directory: tree.metadata), at: now)
            let file = try await client.find(path)
            let sizes = try FileManager.default.contentsOfDirectory(atPath: host.path).map { name in
                let bytes: [UInt8] = try host.read(name)
                return bytes.count
            }
            return (file, sizes.reduce(0, +))
        }
    }

    @Test func `a patch is published with what hosts and people must know`() async throws {
        let site = try Site()
        let file = try SamplePatch(level: 3).file()
        try site.add([file])
        let (target, _) = try await site.find("openssl/debian-12/abcd/3.mend")
        #expect(target.hashes.match(file) && target.length == file.count)
        let description = try PatchDescription(custom: try #require(target.custom))
        #expect(description.product == "openssl" && description.distribution == "debian-12")
        #expect(description.buildID == "abcd" && description.level == 3 && description.target == "libssl.so.3")
        #expect(description.package == "libssl3=3.0.20-1~deb12u2" && description.vulnerabilities == ["CVE-2026-1234"])
        #expect(description.severity == .high && description.restart == .process && description.proof == ["code"])
        #expect(description.custom == target.custom)
        #expect(throws: CatalogueError.self) { try site.add([file]) }
    }

    @Test func `a patch of a kernel is published with the proof of a virtual machine, and not without`() async throws {
        let site = try Site()
        let sample = SamplePatch(of: "vmlinux", package: "linux-image-cloud-amd64=6.1.176-1")
        let proof = #"{"complete":true,"passed":true,"schemaVersion":1}"#
        let others = [
            "", "{}", "passed", proof.replacing(#""passed":true"#, with: #""passed":false"#),
            proof.replacing(#""complete":true"#, with: #""complete":false"#), proof.replacing(":1", with: ":2"),
        ]
        for other in others {
            do {
                try site.add([try sample.kernelFile(proof: other)], product: "kernel")
                Issue.record("published with the proof \(other)")
            } catch CatalogueError.notProved {}
        }
        try site.add([try sample.kernelFile(proof: proof)], product: "kernel")
        let (target, _) = try await site.find("kernel/debian-12/abcd/1.mend")
        #expect(try PatchDescription(custom: try #require(target.custom)).proof == ["virtual-machine"])
    }

    @Test(arguments: ["schemaVersion", "product", "buildID", "level", "cves", "severity", "restart", "proof"])
    func `a description that lacks something is refused`(field: String) async throws {
        let site = try Site()
        try site.add([try SamplePatch().file()])
        let (target, _) = try await site.find("openssl/debian-12/abcd/1.mend")
        for value in [nil, JSONValue.null, .integer(0), .string("?"), .array([.null])] {
            guard value != .string("?") || !["product", "buildID"].contains(field) else { continue }
            var custom = try #require(target.custom)
            custom[field] = value
            #expect(throws: CatalogueError.self) { try PatchDescription(custom: custom) }
        }
    }

    @Test(arguments: ["", "Openssl", "a/b", "..", "-a", "a_b", "a*", "ä", String(repeating: "a", count: 41)])
    func `names that would mean something else in paths or roles are refused`(name: String) {
        #expect(throws: CatalogueError.self) { try PatchShelf(product: name, distribution: "debian-12") }
        #expect(throws: CatalogueError.self) { try PatchShelf(product: "glibc", distribution: name) }
    }

    @Test func `a role speaks for its own shelf only`() async throws {
        let site = try Site()
        try site.add([try SamplePatch().file()])
        try site.add([try SamplePatch().file()], product: "glibc")
        // A holder of one shelf names a path of another one.
        var change = try CeremonyBundle(changing: site.tree)
        try change.add([1], as: "glibc/debian-12/abcd/9.mend", custom: nil, to: "openssl_debian-12_a", at: Self.now)
        try site.publish(change)
        _ = try await site.find("glibc/debian-12/abcd/1.mend")
        await #expect(throws: UpdateError.self) { try await site.find("glibc/debian-12/abcd/9.mend") }
    }

    @Test func `with thousands of patches a host still fetches less than 50 kB`() async throws {
        let site = try Site()
        // Ten shelves of 500: every build ID has the usual 20 bytes, and every patch is of five levels.
        var random = SeededGenerator(seed: SeededGenerator.seed)
        var change = try CeremonyBundle(changing: site.tree)
        let patch = try Artefact(parsing: try SamplePatch().file())
        var last: TargetPath = ""
        for shelf in 0..<10 {
            let shelf = try PatchShelf(product: "product-\(shelf)", distribution: "debian-12")
            // The first patch makes the shelf's roles.
            for digit in 0..<16 {
                let id = [UInt8(digit) << 4] + (0..<19).map { _ in UInt8.random(in: 0...255, using: &random) }
                last = try change.add(
                    patch: try SamplePatch(buildID: id).file(), to: shelf, severity: .high, restart: .none, at: Self.now
                )
            }
            var metadata: [RoleName: [TargetPath: TargetFile]] = [:]
            for _ in 0..<100 {
                let id = (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
                for level in 1...5 {
                    var description = PatchDescription(of: patch, on: shelf, severity: .high, restart: .none)
                    description.buildID = Hexadecimal.text(of: id)
                    description.level = level
                    description.vulnerabilities = (0..<3).map { "CVE-2026-1\(level)00\($0)" }
                    metadata[shelf.role(for: description.buildID), default: [:]][
                        shelf.path(buildID: description.buildID, level: level)] =
                        TargetFile(of: [UInt8(level)], custom: description.custom)
                }
            }
            for (role, files) in metadata {
                try change.propose(role, at: Self.now) { $0.targets.merge(files) { $1 } }
                for path in files.keys { change.contents[path] = [UInt8(path.text.utf8.dropLast(5).last ?? 0) - 48] }
            }
        }
        try site.publish(change)
        let publication = try #require(try site.tree.read())
        let count = publication.targets.values.reduce(0) { $0 + $1.payload.targets.count }
        #expect(count > 5000)
        let (_, bytes) = try await site.find(last)
        print("metadata of a host among \(count) targets: \(bytes) bytes")
        #expect(bytes < 50_000)
    }
}

/// Patches that are taken back.
@Suite struct RevocationTests {
    static let now = CatalogueTests.now

    private func list(_ site: CatalogueTests.Site) throws -> RevocationList {
        let publication = try #require(try site.tree.read())
        return try #require(try site.server.revocations(in: publication))
    }

    @Test func `a revocation is there at once, lasts, and can be lifted`() async throws {
        let site = try CatalogueTests.Site()
        let patch = ArtefactID(of: try SamplePatch().file())
        #expect(try list(site).number == 1)
        #expect(try list(site).judgement(on: patch, at: Self.now) == .clear)
        let reason = LocalizedText(english: "It breaks.", japanese: "失敗します。")
        _ = try site.server.revoke(patch, because: reason, at: Self.now)
        let revoked = try list(site)
        #expect(revoked.number == 2)
        let entry = RevocationList.Entry(patch: patch, reason: reason, since: Self.now)
        #expect(revoked.judgement(on: patch, at: Self.now) == .revoked(entry))
        let late = Self.now.adding(seconds: RevocationList.lifetime)
        #expect(revoked.judgement(on: patch, at: late) == .revoked(entry))
        let other = ArtefactID(of: [1])
        #expect(revoked.judgement(on: other, at: late.adding(seconds: -1)) == .clear)
        #expect(revoked.judgement(on: other, at: late) == .tooOld(since: late))
        let (file, _) = try await site.find(RevocationList.path)
        #expect(file.hashes.match(revoked.encoded))
        #expect(throws: CatalogueError.self) { try site.server.revoke(patch, because: reason, at: Self.now) }
        _ = try site.server.revoke(patch, because: nil, at: Self.now)
        #expect(try list(site).judgement(on: patch, at: Self.now) == .clear)
        #expect(throws: CatalogueError.self) { try site.server.revoke(patch, because: nil, at: Self.now) }
    }

    @Test func `the re-signer renews each role when half of its time is over`() throws {
        let site = try CatalogueTests.Site()
        func versions(_ hours: Int64) throws -> [Int64?] {
            let publication = try site.server.resign(at: Self.now.adding(seconds: hours * 3600))
            return [
                publication.timestamp?.payload.header.version, publication.snapshot?.payload.header.version,
                publication.targets[.revocations]?.payload.header.version,
            ]
        }
        #expect(try versions(1) == [2, 1, 1])
        #expect(try versions(35) == [3, 1, 1])
        // The list's half is over, and a new list makes a new snapshot.
        #expect(try versions(37) == [4, 2, 2])
        #expect(try versions(37 + 35) == [5, 2, 2])
        #expect(try versions(37 + 37) == [6, 3, 3])
        #expect(try list(site).number == 3)
    }

    @Test func `a stranger's key signs nothing`() throws {
        let site = try CatalogueTests.Site()
        let stranger = OnlineRepository(site.tree, signers: [try SigningKey(generating: .ed25519)])
        #expect(throws: CatalogueError.self) { try stranger.resign(at: Self.now) }
        #expect(throws: CatalogueError.self) {
            try stranger.revoke(ArtefactID(of: [1]), because: LocalizedText(english: "x"), at: Self.now)
        }
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"schemaVersion":2,"number":1,"expires":"2026-07-01T12:00:00Z","revoked":[]}"#,
        #"{"schemaVersion":1,"number":0,"expires":"2026-07-01T12:00:00Z","revoked":[]}"#,
        #"{"schemaVersion":1,"number":1,"expires":"never","revoked":[]}"#,
        #"{"schemaVersion":1,"number":1,"expires":"2026-07-01T12:00:00Z","revoked":[{"patch":"ab","reason":{"en":"x"},"since":"2026-07-01T12:00:00Z"}]}"#,
    ])
    func `a list that is none is refused`(text: String) {
        #expect(throws: CatalogueError.self) { try RevocationList(parsing: Array(text.utf8)) }
    }
}
