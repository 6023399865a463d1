// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// The patches that processes are to have, by the builds that they are for.
struct WatchedPatches: Sendable {
    /// The patches; of levels of one target only the highest.
    let patches: [Patch]
    private let byBuild: [BuildID: [Int]]

    /// Sorts out what is an older level of another one.
    init(_ all: [Patch]) {
        var patches: [Patch] = []
        for (index, patch) in all.enumerated() where !patches.contains(where: { $0.id == patch.id }) {
            let manifest = patch.artefact.manifest
            let isLeft = all.enumerated().contains { position, other in
                guard other.id != patch.id, other.artefact.manifest.relation(to: manifest) == .replaces else {
                    return false
                }
                // Of two that hold the same, the first stays.
                return manifest.relation(to: other.artefact.manifest) != .replaces || position < index
            }
            if !isLeft { patches.append(patch) }
        }
        self.patches = patches
        byBuild = Dictionary(grouping: patches.indices) { patches[$0].artefact.manifest.target.buildID }
    }

    /// The patches for some builds.
    func patches(for builds: some Sequence<BuildID>) -> [Int] { builds.flatMap { byBuild[$0] ?? [] } }

    /// What a mapping asks for of which the kernel tells the path, and perhaps the build ID.
    func work(forMappingOf path: String, buildID: [UInt8]?) -> [WatchTask.Work] {
        // The kernel has not read every file's build ID: it must not wait for a disk. A path says nothing.
        guard let buildID else { return path.hasPrefix("/") && !path.hasPrefix("//") ? [.look] : [] }
        return patches(for: [BuildID(bytes: buildID)]).map { .apply($0) }
    }
}
