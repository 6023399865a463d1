// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import HostProtocol
internal import PatchCatalogue
internal import ServicePolicy
internal import ServiceStore

/// What is fixed in the memory of a host, build by build: not what is installed, but what its processes run.
struct MemoryState: Hashable, Sendable {
    /// A target that the host uses.
    struct Target: Hashable, Sendable {
        var used: CheckIn.Target
        /// The product, if the catalogue knows the build.
        var product: String?
        /// The distribution, likewise.
        var distribution: String?
        /// The newest level there is; nil if there are no patches for the build.
        var newest: Int?
        /// What the level in force fixes in all processes.
        var fixed: [String]
        /// What is fixed in newer levels, or not yet in all processes.
        var missing: [String]
        /// What keeps the newest level from it.
        var holds: [Holds.Hold]

        /// Whether the newest level is in force in all processes.
        var isCurrent: Bool { newest.map { used.level >= $0 && used.patched == used.processes } ?? true }
    }

    /// The targets, in the order of their names.
    let targets: [Target]

    init(of host: HostRecord, _ catalogue: PublishedCatalogue, _ holds: [HoldRecord]) {
        let holds = Holds(of: host, holds)
        targets = host.targets.sorted { ($0.name, $0.buildID) < ($1.name, $1.buildID) }.map { used in
            let patches = catalogue.patches(for: used.buildID)
            let newest = patches.last?.description
            let everything = Self.vulnerabilities(of: patches[...])
            let isWhole = used.patched == used.processes || used.level == 0
            let fixed =
                isWhole ? Self.vulnerabilities(of: patches.filter { $0.description.level <= used.level }[...]) : []
            return Target(
                used: used, product: newest?.product, distribution: newest?.distribution, newest: newest?.level,
                fixed: fixed, missing: everything.filter { !fixed.contains($0) },
                holds: newest.map { holds.blocking($0.level, of: $0.product, on: used) } ?? [])
        }
    }

    /// Whether all targets have their newest levels.
    var isCurrent: Bool { targets.allSatisfy(\.isCurrent) }

    private static func vulnerabilities(of patches: ArraySlice<PublishedPatch>) -> [String] {
        Set(patches.flatMap(\.description.vulnerabilities)).sorted()
    }
}
