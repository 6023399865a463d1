// SPDX-License-Identifier: Apache-2.0

import JSON
import TestSupport
import Testing

@testable import UpdateFramework

/// Signatures on a change, and copies of it.
@Suite struct CeremonySigningTests {
    static let now = CeremonySite.now
    let site: CeremonySite

    init() throws { site = try CeremonySite() }

    @Test func `a holder signs what the key counts for, and a stranger nothing`() throws {
        var change = try site.begin()
        #expect(try change.sign(with: site.root[4]) == [.root])
        #expect(try change.sign(with: site.targets[0]) == [.targets])
        #expect(try refusalOfRepository { _ = try change.sign(with: site.snapshot) } == "not a signer")
        let root = try #require(change.requirements.first)
        #expect(root.missing == 2 && root.signed == [site.root[4].publicKey.id] && root.open.count == 4)
        #expect(!change.isComplete)
    }

    @Test func `a signer that fails leaves everything unsigned`() throws {
        struct Failing: Signer {
            let publicKey: PublicKey
            func sign(_ message: [UInt8]) throws(RepositoryError) -> [UInt8] { [1, 2, 3] }
        }
        var change = try site.change()
        #expect(throws: RepositoryError.self) {
            _ = try change.sign(with: Failing(publicKey: site.targets[0].publicKey))
        }
        #expect(change.requirements.allSatisfy { $0.signed.isEmpty })
    }

    @Test func `copies that were signed apart become one`() throws {
        let change = try site.change()
        var (one, other) = (change, change)
        _ = try one.sign(with: site.targets[0])
        _ = try other.sign(with: site.targets[2])
        #expect(!one.isComplete && !other.isComplete)
        #expect(try one.merge(other) == 1)
        #expect(one.isComplete)
        #expect(try one.merge(other) == 0)
        // Junk under a holder's name is not taken over.
        var junk = change
        junk.targets["product"]?.add(Signature(keyID: site.targets[1].publicKey.id, text: "00"))
        #expect(try one.merge(junk) == 0)
        #expect(one.targets["product"]?.signatures.count == 2)
    }

    @Test func `only copies of one change are merged`() throws {
        var change = try site.change([4])
        #expect(try refusalOfRepository { _ = try change.merge(try site.change([5])) } == "other change product")
        #expect(try refusalOfRepository { _ = try change.merge(try CeremonySite().change()) } == "other repository")
    }

    @Test func `a bundle comes out of its folder as it went in`() throws {
        var change = try site.change()
        _ = try change.sign(with: site.targets[1])
        let folder = site.directory.path("change")
        try change.write(toFolder: folder)
        var read = try CeremonyBundle(folder: folder)
        #expect(read.fingerprint == change.fingerprint)
        #expect(read.requirements == change.requirements)
        #expect(read.contents == change.contents)
        #expect(read.roots.map(\.bytes) == change.roots.map(\.bytes))
        _ = try read.sign(with: site.targets[0])
        try read.writeProposals(toFolder: folder)
        #expect(try CeremonyBundle(folder: folder).isComplete)
        #expect(try refusalOfRepository { try change.write(toFolder: folder) } == "bundle exists")
    }

    @Test func `a folder that is not whole is refused`() throws {
        let folder = site.directory.path("change")
        #expect(try refusalOfRepository { _ = try CeremonyBundle(folder: folder) } == "not a bundle")
        try site.change().write(toFolder: folder)
        try site.directory.write("{", to: "change/proposed/product.json")
        #expect(try refusalOfRepository { _ = try CeremonyBundle(folder: folder) } == "malformed")
        try site.directory.remove("change/proposed/product.json")
        #expect(try refusalOfRepository { _ = try CeremonyBundle(folder: folder) } == "missing")
        for text in ["[]", "{", "{\"schemaVersion\": 2}", "{\"schemaVersion\": 1, \"roots\": -1}"] {
            try site.directory.write(text, to: "change/bundle.json")
            #expect(
                ["malformed", "not a bundle"].contains(
                    try refusalOfRepository { _ = try CeremonyBundle(folder: folder) }))
        }
    }

    @Test func `the statements say what is different`() throws {
        var change = try site.change([9, 9])
        #expect(try change.remove("product/1", at: Self.now) == "product")
        let file = TargetFile(of: [9, 9])
        let statement = try #require(change.statements.first)
        #expect(change.statements.count == 1)
        #expect(statement.role == "product" && statement.version == 2 && statement.previousVersion == 1)
        #expect(statement.changes == [.added("product/2", file, replaces: nil), .removed("product/1")])
        var keys = try CeremonyBundle(changing: site.tree)
        let new = try SigningKey(generating: .ed25519).publicKey
        var edit = KeyEdit()
        edit.replaced[site.root[1].publicKey.id] = new
        try keys.edit(edit, names: [new.id: "frank"], at: Self.now)
        #expect(
            keys.statements.map(\.changes) == [
                [
                    .signers(
                        of: .root, added: [new.id], removed: [site.root[1].publicKey.id], oldThreshold: 3, threshold: 3)
                ]
            ])
        #expect(keys.root?.payload.holders == [site.root[0].publicKey.id: "alice", new.id: "frank"])
        #expect(keys.fingerprint != change.fingerprint)
    }

    @Test func `fields that nobody knows are told`() throws {
        let real = try site.change()
        var payload = try #require(real.targets["product"]).payload
        payload.header.unknown["x-more"] = .integer(1)
        let change = CeremonyBundle(
            roots: real.roots, published: real.published, targets: ["product": SignedMetadata(payload)],
            contents: real.contents)
        #expect(change.statements.first?.changes.contains(.other(fields: ["x-more"])) == true)
    }
}
