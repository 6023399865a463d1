// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import UpdateFramework

/// What a key holder's command refuses to sign.
@Suite struct CeremonyCheckTests {
    static let now = CeremonySite.now
    let site: CeremonySite

    init() throws { site = try CeremonySite() }

    private func refusal(
        _ change: CeremonyBundle, trusted: SignedMetadata<RootMetadata>?, at now: UpdateTime = Self.now
    ) throws -> String {
        try refusalOfRepository { try change.check(trustedRoot: trusted, at: now) }
    }

    @Test func `an honest change is accepted, with any root that the holder has kept`() throws {
        var change = try site.change()
        #expect(try refusal(change, trusted: try site.trustedRoot()) == "accepted")
        var edit = KeyEdit()
        edit.replaced[site.root[0].publicKey.id] = try SigningKey(generating: .ecdsa).publicKey
        try change.edit(edit, names: [:], at: Self.now)
        #expect(try refusal(change, trusted: try site.trustedRoot()) == "accepted")
    }

    @Test func `a bundle that made up its past is refused`() throws {
        // Another repository, whole and well signed: only the holder's own root tells.
        let other = try CeremonySite()
        #expect(try refusal(try other.change(), trusted: try site.trustedRoot()) == "other repository")
        #expect(try refusal(try other.change(), trusted: nil) == "not the first")
        #expect(try refusal(try site.begin(), trusted: try site.trustedRoot()) == "not the first")
        // The true roots, with published metadata that nobody signed.
        let real = try site.change()
        let unsigned = real.published.mapValues { SignedMetadata($0.payload) }
        let change = CeremonyBundle(
            roots: real.roots, published: unsigned, targets: real.targets, contents: real.contents)
        #expect(try refusal(change, trusted: try site.trustedRoot()) == "other repository")
        // One that leaves a role out, so that it looks new.
        let partial = CeremonyBundle(
            roots: real.roots, published: real.published.filter { $0.key == .targets }, targets: real.targets,
            contents: real.contents)
        #expect(try refusal(partial, trusted: try site.trustedRoot()) == "missing")
        // A chain with a root that the one before did not sign.
        var edit = KeyEdit()
        edit.threshold = 1
        edit.roles = [.root]
        var next = try site.change()
        try next.edit(edit, names: [:], at: Self.now)
        for key in site.root.prefix(1) { _ = try next.sign(with: key) }
        let forged = CeremonyBundle(
            roots: next.roots + [try #require(next.root)], published: next.published, targets: next.targets,
            contents: next.contents)
        #expect(try refusal(forged, trusted: try site.trustedRoot()) == "not complete root")
    }

    @Test func `versions only go forward`() throws {
        let real = try site.change()
        var payload = try #require(real.published["product"]).payload
        let replayed = CeremonyBundle(
            roots: real.roots, published: real.published, targets: ["product": SignedMetadata(payload)])
        #expect(try refusal(replayed, trusted: try site.trustedRoot()) == "does not follow product")
        payload.header.version = 7
        let later = CeremonyBundle(
            roots: real.roots, published: real.published, targets: ["product": SignedMetadata(payload)])
        #expect(try refusal(later, trusted: try site.trustedRoot()) == "accepted")
        // Versions in between are told, since an old state of the repository may be shown.
        #expect(later.statements.map(\.hasGap) == [true] && real.statements.map(\.hasGap) == [false])
        var root = try #require(real.roots.last).payload
        for version in [1, 3] as [Int64] {
            root.header.version = version
            let change = CeremonyBundle(roots: real.roots, published: real.published, root: SignedMetadata(root))
            #expect(try refusal(change, trusted: try site.trustedRoot()) == "does not follow root")
        }
    }

    @Test func `what hosts would not take for long is refused`() throws {
        let change = try site.change()
        let late = Self.now.adding(seconds: 181 * UpdateTime.day)
        #expect(try refusal(change, trusted: try site.trustedRoot(), at: late) == "expired product")
        var renewal = try CeremonyBundle(changing: site.tree)
        try renewal.proposeRoot(at: Self.now)
        let later = Self.now.adding(seconds: 366 * UpdateTime.day)
        #expect(try refusal(renewal, trusted: try site.trustedRoot(), at: later) == "expired root")
    }

    @Test func `contents must be there, and be what is signed`() throws {
        var change = try site.change([4])
        change.contents["product/2"] = [5]
        #expect(try refusal(change, trusted: try site.trustedRoot()) == "wrong contents product/2")
        change.contents["product/2"] = nil
        #expect(try refusal(change, trusted: try site.trustedRoot()) == "wrong contents product/2")
        // What was published with these contents needs none again.
        change = try site.change([4])
        #expect(change.contents.keys.sorted() == ["product/2"])
        #expect(try refusal(change, trusted: try site.trustedRoot()) == "accepted")
    }

    @Test func `a role that nobody delegates to, and an empty change, are refused`() throws {
        var change = try CeremonyBundle(changing: site.tree)
        #expect(try refusal(change, trusted: try site.trustedRoot()) == "nothing proposed")
        try change.add([1], as: "stray", custom: nil, to: "stray", at: Self.now)
        #expect(try refusal(change, trusted: try site.trustedRoot()) == "not delegated stray")
    }

    @Test func `a change of keys that leaves signatures without worth is refused`() throws {
        var change = try CeremonyBundle(changing: site.tree)
        let new = try (0..<2).map { _ in try SigningKey(generating: .ed25519) }
        try change.proposeRoot(at: Self.now) { (ceremony: inout RootCeremony) throws(RepositoryError) in
            try ceremony.appoint(.init(new.map(\.publicKey), threshold: 2), as: .targets)
        }
        #expect(try refusal(change, trusted: try site.trustedRoot()) == "must be issued again targets")
        // The command that changes keys issues it again by itself, and the role below it too.
        var edit = KeyEdit()
        for (old, new) in zip(site.targets, new) { edit.replaced[old.publicKey.id] = new.publicKey }
        var whole = try CeremonyBundle(changing: site.tree)
        try whole.edit(edit, names: [:], at: Self.now)
        #expect(try refusal(whole, trusted: try site.trustedRoot()) == "accepted")
        #expect(whole.proposedRoles == [.targets, "product"])
    }
}
