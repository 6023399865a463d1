// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import LivePatch
internal import PatchCatalogue
internal import ServicePolicy
internal import ServiceStore

/// What must be so of a rollout before it begins.
enum RolloutPlan {
    private static let month: Int64 = 30 * 86_400

    static func checked(title: String) throws(DirectorError) -> String {
        guard (1...200).contains(title.utf8.count) else { throw .badText(title) }
        return title
    }

    static func checked(rings: [Ring]) throws(DirectorError) -> [Ring] {
        guard (1...20).contains(rings.count) else { throw .ringCount(rings.count) }
        var last = 0
        for (place, ring) in rings.enumerated() {
            guard (0...month).contains(ring.bake) else { throw .badTime(ring.bake) }
            guard (60...month).contains(ring.silence) else { throw .badTime(ring.silence) }
            switch ring.members {
            case .canary: guard place == 0 else { throw .canaryIsNotFirst }
            case .percent(let percent):
                guard percent > last else { throw .percentFalls(percent) }
                last = percent
            case .group, .tag, .all: break
            }
        }
        return rings
    }

    static func patches(
        _ patches: [ArtefactID], from catalogue: PublishedCatalogue
    ) throws(DirectorError) -> [RolloutRecord.Patch] {
        var chosen: [String: RolloutRecord.Patch] = [:]
        for patch in Set(patches) {
            guard let published = catalogue.patches.first(where: { $0.patch == patch }) else {
                throw .notPublished(patch)
            }
            guard catalogue.revoked[patch] == nil else { throw .revoked(patch) }
            let description = published.description
            guard chosen[description.buildID] == nil else { throw .twoForOneBuild(description.buildID) }
            chosen[description.buildID] = RolloutRecord.Patch(
                product: description.product, distribution: description.distribution, buildID: description.buildID,
                level: description.level, patch: patch, vulnerabilities: description.vulnerabilities)
        }
        guard !chosen.isEmpty else { throw .noPatches }
        return chosen.values.sorted { $0.buildID < $1.buildID }
    }

    /// A name that no other rollout has: the day, and letters.
    static func name(at now: Moment) -> String {
        let letters = Array("abcdefghjkmnpqrstvwxyz")
        let tail = String((0..<5).map { _ in letters[Int.random(in: 0..<letters.count)] })
        return "\(now.dayInTokyo)-\(tail)"
    }
}
