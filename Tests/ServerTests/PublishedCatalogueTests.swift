// SPDX-License-Identifier: Apache-2.0

import LivePatch
import TestSupport
import Testing

@testable import PatchCatalogue
@testable import UpdateFramework

/// What a server reads of its own repository.
struct PublishedCatalogueTests {
    private func catalogue(of site: CatalogueTests.Site) throws -> PublishedCatalogue {
        try PublishedCatalogue(of: try #require(try site.tree.read()), in: site.tree)
    }

    @Test func `the catalogue has what is published, by build and level`() throws {
        let site = try CatalogueTests.Site()
        #expect(try catalogue(of: site).patches.isEmpty)
        let files = try [2, 1, 10].map { try SamplePatch(level: $0).file() }
        try site.add(files)
        let catalogue = try catalogue(of: site)
        #expect(catalogue.patches(for: "abcd").map(\.description.level) == [1, 2, 10])
        #expect(
            catalogue.patches(for: "abcd").map(\.patch) == [files[1], files[0], files[2]].map(ArtefactID.init(of:)))
        #expect(catalogue.patches(for: "abce").isEmpty)
    }

    @Test func `a patch that is taken back is named as such, and is not offered`() throws {
        let site = try CatalogueTests.Site()
        let files = try [1, 2].map { try SamplePatch(level: $0).file() }
        try site.add(files)
        let bad = ArtefactID(of: files[1])
        _ = try site.server.revoke(bad, because: LocalizedText(english: "bad"), at: CatalogueTests.now)
        let catalogue = try catalogue(of: site)
        #expect(catalogue.patches.count == 2)
        #expect(catalogue.revoked[bad]?.reason.english == "bad")
        #expect(catalogue.patches(for: "abcd").map(\.description.level) == [1])
    }

    @Test func `what stands where no host looks for it is not in the catalogue`() throws {
        let site = try CatalogueTests.Site()
        let file = try SamplePatch().file()
        try site.add([file])
        var change = try CeremonyBundle(changing: site.tree)
        let published = try #require(try site.tree.read())
        let custom = published.targets["openssl_debian-12_a"]?.payload.targets.values.first?.custom
        try change.add(
            file, as: "openssl/debian-12/abcd/7.mend", custom: custom, to: "openssl_debian-12_a", at: CatalogueTests.now
        )
        try site.publish(change)
        #expect(try catalogue(of: site).patches.map(\.path) == ["openssl/debian-12/abcd/1.mend"])
    }

    @Test func `a host finds whose word it is to believe`() async throws {
        let site = try CatalogueTests.Site()
        try site.add([try SamplePatch().file()])
        let host = MetadataDirectory(path: site.directory.path("host"))
        try host.initialize(trustedRoot: try site.directory.read("repository/metadata/1.root.json"))
        var client = UpdateClient(
            directory: host, repository: DirectoryFetcher(directory: site.tree.metadata), at: CatalogueTests.now)
        #expect(try await client.authority(of: .revocations)?.keys[site.online.publicKey.id] == site.online.publicKey)
        #expect(try await client.authority(of: "nobody") == nil)
    }
}
