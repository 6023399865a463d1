// SPDX-License-Identifier: Apache-2.0

package import PatchCatalogue
package import ServicePolicy
package import ServiceStore

/// The fleet in numbers, by what is published now.
package struct FleetReport: Hashable, Sendable {
    /// A build that hosts use, and how far they are.
    package struct Build: Hashable, Sendable {
        /// The name of the file.
        package var name: String
        /// The build ID.
        package var buildID: String
        /// The product; nil if nothing was published for it.
        package var product: String?
        /// The highest level that is published; 0 if none is.
        package var newest: Int
        /// How many hosts use it at that level, or a higher one.
        package var current: Int
        /// How many hosts use it at a lower level.
        package var behind: Int
        /// What is not fixed in the memory of some host.
        package var open: [String]
    }

    /// Hosts by state, group and system.
    package var summary: FleetSummary
    /// The builds, in the order of their names.
    package var builds: [Build]

    /// The fleet at a moment.
    ///
    /// - Parameters:
    ///   - records: the records.
    ///   - catalogue: what is published.
    ///   - moment: a host that was last heard before it counts as silent.
    /// - Throws: `StoreError`.
    package init(
        _ records: Records, _ catalogue: PublishedCatalogue, silentSince moment: Moment
    ) throws(StoreError) {
        summary = try records.summary(silentSince: moment)
        var uses: [String: [BuildUse]] = [:]
        for use in try records.buildsInUse() { uses[use.buildID, default: []].append(use) }
        builds = uses.map { build, uses in
            let patches = catalogue.patches(for: build)
            let newest = patches.last?.description.level ?? 0
            let lowest = uses.map(\.level).min() ?? 0
            let below = Set(
                patches.filter { $0.description.level <= lowest }.flatMap(\.description.vulnerabilities))
            return Build(
                name: uses.first?.name ?? "", buildID: build, product: patches.first?.description.product,
                newest: newest, current: uses.filter { $0.level >= newest }.reduce(0) { $0 + $1.hosts },
                behind: uses.filter { $0.level < newest }.reduce(0) { $0 + $1.hosts },
                open: Set(patches.flatMap(\.description.vulnerabilities)).subtracting(below).sorted())
        }.sorted { ($0.name, $0.buildID) < ($1.name, $1.buildID) }
    }
}
