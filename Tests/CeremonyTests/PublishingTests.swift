// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import UpdateFramework

/// Signed changes on their way into a repository, which hosts read all the time.
@Suite struct PublishingTests {
    static let now = CeremonySite.now
    let site: CeremonySite

    init() throws { site = try CeremonySite() }

    private func refusal(_ change: CeremonyBundle) throws -> String {
        try refusalOfRepository { try site.publish(change) }
    }

    @Test func `nothing is published before enough have signed`() throws {
        var change = try site.change()
        #expect(try refusal(change) == "not complete product")
        _ = try change.sign(with: site.targets[0])
        #expect(try refusal(change) == "not complete product")
        #expect(!FileManager.default.fileExists(atPath: site.tree.metadata + "/2.product.json"))
        _ = try change.sign(with: site.targets[1])
        #expect(try refusal(change) == "accepted")
    }

    @Test func `a change that was overtaken is refused, and one that is there already does no harm`() throws {
        var (one, other) = (try site.change([4]), try site.change([5], as: "product/3"))
        try site.signAll(&one)
        try site.signAll(&other)
        #expect(try refusal(one) == "accepted")
        #expect(try refusal(other) == "does not follow product")
        #expect(try refusal(one) == "accepted")
    }

    @Test func `a change of another repository is refused`() throws {
        let other = try CeremonySite()
        var change = try other.change()
        try other.signAll(&change)
        #expect(try refusal(change) == "other repository")
        var first = try other.begin()
        try other.signAll(&first)
        #expect(try refusal(first) == "not the first")
    }

    @Test func `what expired on its way is refused`() throws {
        var change = try site.change()
        try site.signAll(&change)
        let late = Self.now.adding(seconds: 200 * UpdateTime.day)
        #expect(
            try refusalOfRepository {
                _ = try change.applied(to: try site.tree.read(), roots: try site.tree.readRoots(), at: late)
            } == "expired product")
    }

    /// Copies of the tree in which a writer came to every place and no further.
    private func interrupted(_ publication: Publication, _ change: CeremonyBundle) throws -> [RepositoryTree] {
        for (path, bytes) in change.contents { _ = try site.tree.write(bytes, as: path) }
        let known = try site.tree.readRoots().count
        let files = try publication.files(after: known).filter { file in
            (try? Data(contentsOf: URL(filePath: site.tree.metadata + "/" + file.name))) != Data(file.bytes)
        }
        try #require(files.count >= 2)
        return try (0...files.count).map { count in
            let copy = site.directory.path("copy-\(count)")
            try FileManager.default.copyItem(atPath: site.tree.path, toPath: copy)
            for file in files.prefix(count) {
                try Data(file.bytes).write(to: URL(filePath: copy + "/metadata/" + file.name))
            }
            return RepositoryTree(path: copy)
        }
    }

    @Test func `a publication that ends anywhere leaves the old repository or the new one, and can be run again`()
        async throws
    {
        var change = try site.change()
        try site.signAll(&change)
        let trees = try interrupted(try site.publication(after: change), change)
        for (count, tree) in trees.enumerated() {
            #expect(try await site.versions(of: tree) == [1, count == trees.count - 1 ? 3 : 2])
            // Another snapshot than the one that was left there gets another number.
            let again = try CeremonySite.resumed(site, on: tree)
            try again.publish(change)
            #expect(try await again.versions(of: tree)[1] > 2)
        }
    }

    @Test func `a new key of root or targets is never seen by halves`() async throws {
        var edit = KeyEdit()
        edit.replaced[site.root[0].publicKey.id] = try SigningKey(generating: .ed25519).publicKey
        edit.replaced[site.targets[0].publicKey.id] = try SigningKey(generating: .ed25519).publicKey
        var change = try CeremonyBundle(changing: site.tree)
        try change.edit(edit, names: [:], at: Self.now)
        try site.signAll(&change)
        for tree in try interrupted(try site.publication(after: change), change) {
            _ = try await site.versions(of: tree)
            try CeremonySite.resumed(site, on: tree).publish(change)
            #expect(try await site.versions(of: tree)[0] == 2)
        }
    }

    @Test func `a new key of the timestamp is unseen for one instant at most`() async throws {
        var edit = KeyEdit()
        var after = site
        after.timestamp = try SigningKey(generating: .ed25519)
        edit.replaced[site.timestamp.publicKey.id] = after.timestamp.publicKey
        var change = try CeremonyBundle(changing: site.tree)
        try change.edit(edit, names: [:], at: Self.now)
        try site.signAll(&change)
        var refused = 0
        for tree in try interrupted(try after.publication(after: change), change) {
            do { _ = try await site.versions(of: tree) } catch is UpdateError { refused += 1 }
            try CeremonySite.resumed(after, on: tree).publish(change)
            #expect(try await site.versions(of: tree)[0] == 2)
        }
        // Between the root and the timestamp: a host keeps what it has, and asks again.
        #expect(refused == 1)
    }

    @Test func `an export is a whole repository, and a second one writes what is new`() async throws {
        let mirror = RepositoryTree(path: site.directory.path("mirror"))
        let first = try site.tree.export(to: mirror)
        #expect(first.targets == 1)
        #expect(try await site.versions(of: mirror) == [1, 2])
        #expect(try site.tree.export(to: mirror).newBytes == 0)
        var change = try site.change([7, 7, 7])
        try site.signAll(&change)
        try site.publish(change)
        let second = try site.tree.export(to: mirror)
        #expect(second.targets == 2 && second.newBytes > 3)
        #expect(try await site.versions(of: mirror) == [1, 3])
    }

    @Test func `a repository that is damaged is not exported`() throws {
        let mirror = RepositoryTree(path: site.directory.path("mirror"))
        let name = FileNaming.target("product/1", hash: TargetFile(of: [1, 2, 3]).hashes.first)
        for bytes in [[1, 2, 4], [1, 2], [1, 2, 3, 4]] as [[UInt8]] {
            try site.directory.write(bytes, to: "repository/targets/\(name)")
            #expect(
                try refusalOfRepository { _ = try site.tree.export(to: mirror) } == "wrong contents product/1")
        }
        try site.directory.remove("repository/targets/\(name)")
        #expect(try refusalOfRepository { _ = try site.tree.export(to: mirror) } == "wrong contents product/1")
        #expect(!site.directory.exists("mirror/metadata/timestamp.json"))
        #expect(
            try refusalOfRepository { _ = try RepositoryTree(path: site.directory.path("none")).export(to: mirror) }
                == "missing")
    }

    @Test func `the report says what expires when`() throws {
        let publication = try #require(try site.tree.read())
        func report(_ days: Int64) -> [String: ExpiryReport.State] {
            let report = ExpiryReport(publication, at: Self.now.adding(seconds: days * UpdateTime.day))
            return Dictionary(uniqueKeysWithValues: report.entries.map { ($0.role.text, $0.state) })
        }
        #expect(ExpiryReport(publication, at: Self.now).worst == .good)
        #expect(report(1)["timestamp"] == .expired && report(1)["snapshot"] == .good)
        #expect(report(6)["snapshot"] == .soon && report(7)["snapshot"] == .expired)
        #expect(
            report(134)["targets"] == .good && report(136)["targets"] == .soon && report(180)["targets"] == .expired)
        #expect(report(136)["product"] == .soon)
        #expect(report(273)["root"] == .good && report(274)["root"] == .soon && report(365)["root"] == .expired)
        let entry = try #require(ExpiryReport(publication, at: Self.now).entries.first)
        #expect(entry.role == .root && entry.daysLeft == 365)
    }

    @Test func `days are counted down, also below zero and at the end of time`() {
        let zero = UpdateTime(secondsSince1970: 0)
        #expect(zero.days(until: UpdateTime(secondsSince1970: 86_399)) == 0)
        #expect(zero.days(until: UpdateTime(secondsSince1970: -1)) == -1)
        #expect(UpdateTime(secondsSince1970: .min).days(until: UpdateTime(secondsSince1970: .max)) == .max)
        #expect(UpdateTime(secondsSince1970: .max).adding(seconds: 1) == UpdateTime(secondsSince1970: .max))
    }
}

extension CeremonySite {
    /// The same keys, on a copy of the tree.
    static func resumed(_ site: CeremonySite, on tree: RepositoryTree) throws -> CeremonySite {
        CeremonySite(site, on: tree)
    }

    private init(_ site: CeremonySite, on tree: RepositoryTree) {
        (directory, self.tree, root, targets) = (site.directory, tree, site.root, site.targets)
        (snapshot, timestamp) = (site.snapshot, site.timestamp)
    }
}
