// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
internal import LivePatch
package import PatchCatalogue
internal import UpdateFramework

extension RepositorySession {
    /// The orders of an administrator who wants the highest levels of a repository, without those that are taken back.
    ///
    /// - Parameters:
    ///   - targets: the builds that are in use.
    ///   - system: the distribution's name as shelves begin with it, such as `debian`; nil to look into all shelves.
    ///   - revocations: what is taken back.
    /// - Returns: An order for each build that the repository has a patch for.
    /// - Throws: `AgentError`.
    package mutating func highestLevels(
        for targets: [CheckIn.Target], system: String?, without revocations: RevocationList
    ) async throws(AgentError) -> [Instructions.Order] {
        let roles = try await updating { (client) async throws(UpdateError) in try await client.delegatedRoles() }
        let shelves = roles.compactMap { role -> PatchShelf? in
            let names = role.text.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
            guard names.count == 2, system.map({ names[1] == $0 || names[1].hasPrefix($0 + "-") }) ?? true else {
                return nil
            }
            return try? PatchShelf(product: names[0], distribution: names[1])
        }
        let revoked = Set(revocations.revoked.map(\.patch))
        var orders: [Instructions.Order] = []
        for target in targets {
            for shelf in shelves {
                guard let order = try await highestLevel(for: target, on: shelf, without: revoked) else { continue }
                orders.append(order)
                break
            }
        }
        return orders
    }

    private mutating func highestLevel(
        for target: CheckIn.Target, on shelf: PatchShelf, without revoked: Set<String>
    ) async throws(AgentError) -> Instructions.Order? {
        let probe = shelf.path(buildID: target.buildID, level: 1)
        let folder = "\(shelf.product)/\(shelf.distribution)/\(target.buildID)/"
        let paths = try await updating { (client) async throws(UpdateError) in try await client.neighbours(of: probe) }
        let levels = paths.compactMap { path -> Int? in
            guard path.text.hasPrefix(folder), path.text.hasSuffix(".mend"),
                let level = Int(path.text.dropFirst(folder.count).dropLast(5)), level > 0,
                shelf.path(buildID: target.buildID, level: level) == path
            else { return nil }
            return level
        }
        for level in levels.sorted(by: >) {
            let path = shelf.path(buildID: target.buildID, level: level)
            let file: TargetFile
            do throws(AgentError) {
                file = try await updating { (client) async throws(UpdateError) in try await client.find(path) }
            } catch {
                // A role names it that does not speak for it.
                if case .update(.noSuchTarget) = error { continue }
                throw error
            }
            guard let hash = file.hashes.known[.sha256], !revoked.contains(hash),
                let patch = ArtefactID(hexadecimal: hash)
            else { continue }
            return Instructions.Order(
                product: shelf.product, distribution: shelf.distribution, buildID: target.buildID, level: level,
                patch: patch, rollout: "")
        }
        return nil
    }
}
