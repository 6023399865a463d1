// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import UpdateFramework

/// A repository as a folder.
@Suite struct RepositoryTreeTests {
    static let key = try? SigningKey(generating: .ed25519)

    struct Site {
        let directory: TemporaryDirectory
        let tree: RepositoryTree
        let key: SigningKey
        var publication: Publication

        init(consistentSnapshot: Bool = true) throws {
            directory = try TemporaryDirectory()
            tree = RepositoryTree(path: directory.path("site"))
            key = try #require(RepositoryTreeTests.key)
            let holders = RootCeremony.Holders([key.publicKey], threshold: 1)
            var ceremony = try RootCeremony(
                creating: Dictionary(uniqueKeysWithValues: RoleName.topLevel.map { ($0, holders) }),
                consistentSnapshot: consistentSnapshot, expires: TestRepository.tomorrow)
            try ceremony.sign(with: key)
            var targets = SignedMetadata(TargetsMetadata(header: TestRepository.header))
            try targets.sign(with: key)
            publication = Publication(roots: [try ceremony.finished()], targets: [.targets: targets])
        }

        mutating func renew() throws {
            try publication.renewSnapshot(expires: TestRepository.tomorrow, signers: [key])
            try publication.renewTimestamp(expires: TestRepository.tomorrow, signers: [key])
        }
    }

    @Test(arguments: [true, false])
    func `a publisher that starts again goes on where it was`(consistentSnapshot: Bool) throws {
        var site = try Site(consistentSnapshot: consistentSnapshot)
        #expect(try site.tree.read().map { _ in true } == nil)
        try site.renew()
        try site.tree.write(site.publication)
        let before = try site.publication.files()
        site.publication = try #require(try site.tree.read())
        #expect(try site.publication.files().map(\.bytes) == before.map(\.bytes))
        try site.renew()
        try site.tree.write(site.publication)
        let read = try #require(try site.tree.read())
        #expect(read.snapshot?.payload.header.version == 2)
        #expect(read.timestamp?.payload.header.version == 2)
        #expect(read.targets[.targets]?.payload.header.version == 1)
    }

    @Test func `an unfinished repository is not written`() throws {
        var site = try Site()
        #expect(throws: RepositoryError.self) { try site.tree.write(site.publication) }
        #expect(throws: RepositoryError.self) {
            try site.publication.renewTimestamp(expires: TestRepository.tomorrow, signers: [site.key])
        }
        try site.publication.renewSnapshot(expires: TestRepository.tomorrow, signers: [])
        try site.publication.renewTimestamp(expires: TestRepository.tomorrow, signers: [site.key])
        #expect(throws: RepositoryError.self) { try site.tree.write(site.publication) }
        #expect(!site.directory.exists("site/metadata"))
    }

    @Test func `a version that was published does not change`() throws {
        var site = try Site()
        try site.renew()
        try site.tree.write(site.publication)
        var other = SignedMetadata(
            TargetsMetadata(header: TestRepository.header, targets: ["file": TargetFile(of: [1])]))
        try other.sign(with: site.key)
        site.publication.targets[.targets] = other
        try site.renew()
        let before: String = try site.directory.read("site/metadata/timestamp.json")
        #expect(throws: RepositoryError.self) { try site.tree.write(site.publication) }
        #expect(try site.directory.read("site/metadata/timestamp.json") == before)
        #expect(!site.directory.exists("site/metadata/2.snapshot.json"))
    }

    @Test func `what is damaged or missing is named`() throws {
        var site = try Site()
        try site.renew()
        try site.tree.write(site.publication)
        try site.directory.remove("site/metadata/1.targets.json")
        #expect(throws: RepositoryError.self) { try site.tree.read() }
        try site.directory.write("{}", to: "site/metadata/1.targets.json")
        #expect(throws: RepositoryError.self) { try site.tree.read() }
    }

    @Test func `names that would leave the folder are refused`() throws {
        let site = try Site()
        for path in ["../x", "/x", "a/../../x", "a//b"] as [TargetPath] {
            #expect(throws: RepositoryError.self) { try site.tree.write([1], as: path) }
        }
        _ = try site.tree.write([1], as: "a/b/c", consistentSnapshot: false)
        #expect(try site.directory.read("site/targets/a/b/c") as [UInt8] == [1])
    }
}
