// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import ServicePolicy
package import ServiceStore

/// What is held back on a host: by its administrator, and by operators for it or its group.
package struct Holds: Hashable, Sendable {
    /// One of them, in one form.
    package struct Hold: Hashable, Sendable {
        /// The build; nil for all.
        package var buildID: String?
        /// The product; nil for all.
        package var product: String?
        /// The highest level to give; nil for the one that the host has.
        package var level: Int?
        /// Since when.
        package var since: Moment
        /// Why.
        package var reason: String
        /// Who: an operator's name, or `host`.
        package var author: String

        func covers(_ product: String, _ target: CheckIn.Target) -> Bool {
            (buildID == nil || buildID == target.buildID) && (self.product == nil || self.product == product)
        }
    }

    /// All of them.
    package var holds: [Hold]

    /// Those of a host.
    package init(of host: HostRecord, _ records: [HoldRecord]) {
        holds =
            host.holds.map { hold in
                Hold(
                    buildID: hold.buildID == "*" ? nil : hold.buildID, product: nil, level: hold.level,
                    since: hold.since,
                    reason: hold.reason, author: "host")
            }
            + records.filter { record in
                switch record.scope {
                case .host(let id): id == host.id
                case .group(let group): group == host.group
                }
            }.map { record in
                Hold(
                    buildID: record.buildID, product: record.product, level: record.level, since: record.since,
                    reason: record.reason, author: record.author)
            }
    }

    /// Those that keep a target from a level.
    package func blocking(_ level: Int, of product: String, on target: CheckIn.Target) -> [Hold] {
        holds.filter { $0.covers(product, target) && level > ($0.level ?? target.level) }
    }

    /// Whether a target may come to a level.
    func allow(_ level: Int, of product: String, on target: CheckIn.Target) -> Bool {
        blocking(level, of: product, on: target).isEmpty
    }
}
