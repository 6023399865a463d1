// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import UpdateFramework

/// Keys that are replaced, revoked and added.
@Suite struct KeyEditTests {
    static let now = CeremonySite.now
    let site: CeremonySite

    init() throws { site = try CeremonySite() }

    private func refusal(_ edit: KeyEdit) throws -> String {
        try refusalOfRepository {
            var change = try CeremonyBundle(changing: site.tree)
            try change.edit(edit, names: [:], at: Self.now)
        }
    }

    @Test func `a key of targets is replaced wherever it signs, and what it signed is issued again`() async throws {
        let new = try SigningKey(generating: .ed25519)
        var edit = KeyEdit()
        edit.replaced[site.targets[0].publicKey.id] = new.publicKey
        var change = try CeremonyBundle(changing: site.tree)
        try change.edit(edit, names: [:], at: Self.now)
        #expect(change.root?.payload.roles[.targets]?.keyIDs.contains(new.publicKey.id) == true)
        let delegations = try #require(change.targets[.targets]?.payload.delegations)
        #expect(delegations.keys[site.targets[0].publicKey.id] == nil && delegations.keys[new.publicKey.id] != nil)
        for key in site.root.suffix(3) + [new, site.targets[1]] { _ = try change.sign(with: key) }
        try site.publish(change)
        #expect(try await site.versions(of: site.tree) == [2, 3])
    }

    @Test func `a key is revoked only while enough are left`() throws {
        var edit = KeyEdit()
        edit.removed = Set(site.root.prefix(2).map(\.publicKey.id))
        #expect(try refusal(edit) == "accepted")
        edit.removed = Set(site.root.prefix(3).map(\.publicKey.id))
        #expect(try refusal(edit) == "too few keys root")
        edit.threshold = 2
        edit.roles = [.root]
        #expect(try refusal(edit) == "accepted")
        edit.threshold = 0
        #expect(try refusal(edit) == "too few keys root")
        edit.threshold = .max
        #expect(try refusal(edit) == "too few keys root")
    }

    @Test func `slips are noticed`() throws {
        var edit = KeyEdit()
        edit.removed = [try SigningKey(generating: .ed25519).publicKey.id]
        #expect(try refusal(edit) == "no such key")
        edit.removed = [site.root[0].publicKey.id]
        edit.roles = [.targets]
        #expect(try refusal(edit) == "no such key")
        edit = KeyEdit()
        edit.added = [site.root[0].publicKey]
        edit.roles = [.root]
        #expect(try refusal(edit) == "key in use")
        edit = KeyEdit()
        edit.replaced[site.root[0].publicKey.id] = site.root[1].publicKey
        #expect(try refusal(edit) == "key in use")
        edit = KeyEdit()
        edit.threshold = 1
        edit.roles = ["nobody"]
        #expect(try refusal(edit) == "not delegated nobody")
    }

    @Test func `signed roles that a change of online keys does not touch stay as they are`() async throws {
        var site = site
        let new = try SigningKey(generating: .ed25519)
        var edit = KeyEdit()
        edit.replaced[site.snapshot.publicKey.id] = new.publicKey
        var change = try CeremonyBundle(changing: site.tree)
        try change.edit(edit, names: [:], at: Self.now)
        #expect(change.targets.isEmpty)
        try site.signAll(&change)
        site.snapshot = new
        try site.publish(change)
        #expect(try await site.versions(of: site.tree) == [2, 3])
    }
}
