// SPDX-License-Identifier: Apache-2.0

package import LivePatch
package import UpdateFramework

/// A patch that a repository has.
package struct PublishedPatch: Hashable, Sendable {
    /// Where it is.
    package var path: TargetPath
    /// Its identity.
    package var patch: ArtefactID
    /// Its size in bytes.
    package var length: Int
    /// What is said of it.
    package var description: PatchDescription

    /// A patch.
    package init(path: TargetPath, patch: ArtefactID, length: Int, description: PatchDescription) {
        self.path = path
        self.patch = patch
        self.length = length
        self.description = description
    }
}

/// All patches of a repository, as one value for those who choose and those who read.
package struct PublishedCatalogue: Hashable, Sendable {
    /// The patches in the order of their paths.
    package private(set) var patches: [PublishedPatch]
    /// Those that are taken back, with the reasons.
    package private(set) var revoked: [ArtefactID: RevocationList.Entry]
    /// Places in ``patches`` by build ID.
    private let places: [String: [Int]]

    /// A catalogue.
    package init(_ patches: [PublishedPatch], revoked: [ArtefactID: RevocationList.Entry] = [:]) {
        self.patches = patches.sorted { $0.path.text < $1.path.text }
        self.revoked = revoked
        var places: [String: [Int]] = [:]
        for (place, patch) in self.patches.enumerated() { places[patch.description.buildID, default: []].append(place) }
        self.places = places
    }

    /// The catalogue of what is published.
    ///
    /// Targets that are no patches are left out, and those that stand in a role which hosts do not ask for them.
    ///
    /// - Throws: `CatalogueError` if the list of revocations cannot be read.
    package init(of publication: Publication, in repository: RepositoryTree) throws(CatalogueError) {
        var patches: [PublishedPatch] = []
        for (role, metadata) in publication.targets {
            for (path, file) in metadata.payload.targets {
                guard let custom = file.custom, let description = try? PatchDescription(custom: custom),
                    let patch = file.hashes.known[.sha256].flatMap(ArtefactID.init(hexadecimal:)),
                    let shelf = try? PatchShelf(
                        product: description.product, distribution: description.distribution),
                    shelf.role(for: description.buildID) == role,
                    shelf.path(buildID: description.buildID, level: description.level) == path
                else { continue }
                patches.append(
                    PublishedPatch(path: path, patch: patch, length: file.length, description: description))
            }
        }
        var revoked: [ArtefactID: RevocationList.Entry] = [:]
        let list = try OnlineRepository(repository, signers: []).revocations(in: publication)
        for entry in list?.revoked ?? [] {
            if let patch = ArtefactID(hexadecimal: entry.patch) { revoked[patch] = entry }
        }
        self.init(patches, revoked: revoked)
    }

    /// The patches of a build that are not taken back, the lowest level first.
    package func patches(for buildID: String) -> [PublishedPatch] {
        (places[buildID] ?? []).map { patches[$0] }.filter { revoked[$0.patch] == nil }
            .sorted { $0.description.level < $1.description.level }
    }
}
