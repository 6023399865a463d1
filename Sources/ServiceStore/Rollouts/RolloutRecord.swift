// SPDX-License-Identifier: Apache-2.0

package import JSON
package import LivePatch
package import ServicePolicy

/// Patches on their way to the fleet.
package struct RolloutRecord: Hashable, Sendable {
    /// How a rollout stands.
    package enum State: String, CaseIterable, Hashable, Sendable {
        /// Its rings open one after the other.
        case running
        /// Nobody new gets its patches.
        case halted
        /// All rings are open. It is still watched, and halted if too many fail.
        case finished
    }

    /// A patch of a rollout.
    package struct Patch: Hashable, Sendable {
        /// The product.
        package var product: String
        /// The distribution.
        package var distribution: String
        /// The build that it is for.
        package var buildID: String
        /// The level.
        package var level: Int
        /// Its identity.
        package var patch: ArtefactID
        /// What it fixes.
        package var vulnerabilities: [String]

        /// A patch of a rollout.
        package init(
            product: String, distribution: String, buildID: String, level: Int, patch: ArtefactID,
            vulnerabilities: [String]
        ) {
            self.product = product
            self.distribution = distribution
            self.buildID = buildID
            self.level = level
            self.patch = patch
            self.vulnerabilities = vulnerabilities
        }
    }

    /// Its name.
    package var id: String
    /// What people call it.
    package var title: String
    /// When it was begun.
    package var created: Moment
    /// Who began it.
    package var author: String
    /// How it stands.
    package var state: State
    /// Whether hosts that have its patches are told to go back; only where it is halted.
    package var rollsBack: Bool
    /// Why it was halted; empty if it is not.
    package var reason: String
    /// The patches, at most one for a build.
    package var patches: [Patch]
    /// The rings; each has those of the ones before it.
    package var rings: [Ring]
    /// The place of the last ring that is open.
    package var ring: Int
    /// When that was opened.
    package var opened: Moment
    /// Since when enough hosts of that have the patches in force; nil if they do not.
    package var satisfied: Moment?

    /// A rollout that begins.
    package init(
        id: String, title: String, patches: [Patch], rings: [Ring], by author: String, at now: Moment
    ) {
        self.id = id
        self.title = title
        created = now
        self.author = author
        state = .running
        rollsBack = false
        reason = ""
        self.patches = patches
        self.rings = rings
        ring = 0
        opened = now
    }

    /// The patch for a build.
    package func patch(for buildID: String) -> Patch? { patches.first { $0.buildID == buildID } }
}

extension RolloutRecord.Patch {
    /// The patch as it is kept.
    package var value: JSONValue {
        .object([
            "product": .string(product), "distribution": .string(distribution), "buildID": .string(buildID),
            "level": .integer(Int64(level)), "patch": .string(patch.description),
            "cves": .array(vulnerabilities.map { .string($0) }),
        ])
    }

    init?(_ value: JSONValue) {
        guard case .object(let object) = value, case .string(let product)? = object["product"],
            case .string(let distribution)? = object["distribution"], case .string(let build)? = object["buildID"],
            case .integer(let level)? = object["level"], case .string(let patch)? = object["patch"],
            let patch = ArtefactID(hexadecimal: patch), case .array(let vulnerabilities)? = object["cves"]
        else { return nil }
        self.init(
            product: product, distribution: distribution, buildID: build, level: Int(clamping: level), patch: patch,
            vulnerabilities: vulnerabilities.compactMap { if case .string(let text) = $0 { text } else { nil } })
    }
}
