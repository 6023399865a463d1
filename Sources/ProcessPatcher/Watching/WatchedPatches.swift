// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// The patches that processes are to have, by the builds that they are for.
struct WatchedPatches: Sendable {
    /// The patches; of levels of one target only the highest.
    let patches: [Patch]
    /// Those that a process gets together, by their places in the list: one fix's, for all files that it changes.
    let groups: [[Int]]
    /// The groups that have a patch for a build.
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
        groups = Self.groups(of: patches)
        var byBuild: [BuildID: [Int]] = [:]
        for (group, members) in groups.enumerated() {
            for member in members {
                byBuild[patches[member].artefact.manifest.target.buildID, default: []].append(group)
            }
        }
        self.byBuild = byBuild
    }

    /// Of patches for one and the same build, each is in a group of its own: they are not switched together.
    private static func groups(of patches: [Patch]) -> [[Int]] {
        var groups: [[Int]] = []
        for (index, patch) in patches.enumerated() {
            let manifest = patch.artefact.manifest
            let place = groups.firstIndex { group in
                group.allSatisfy { member in
                    let other = patches[member].artefact.manifest
                    return !manifest.fixes.isEmpty && other.fixes == manifest.fixes && other.level == manifest.level
                        && other.target.buildID != manifest.target.buildID
                }
            }
            if let place { groups[place].append(index) } else { groups.append([index]) }
        }
        return groups
    }

    /// The groups with a patch for one of some builds, each once.
    func groups(for builds: some Sequence<BuildID>) -> [Int] { Set(builds.flatMap { byBuild[$0] ?? [] }).sorted() }

    /// The places of patches in the list.
    func places(of identities: [ArtefactID]) -> [Int] {
        identities.compactMap { identity in patches.firstIndex { $0.id == identity } }
    }

    /// What a mapping asks for of which the kernel tells the path, and perhaps the build ID.
    func work(forMappingOf path: String, buildID: [UInt8]?) -> [WatchTask.Work] {
        // The kernel has not read every file's build ID: it must not wait for a disk. A path says nothing.
        guard let buildID else { return path.hasPrefix("/") && !path.hasPrefix("//") ? [.look] : [] }
        return groups(for: [BuildID(bytes: buildID)]).map { .apply($0) }
    }
}
