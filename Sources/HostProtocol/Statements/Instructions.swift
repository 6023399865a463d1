// SPDX-License-Identifier: Apache-2.0

package import JSON
package import LivePatch
package import ServicePolicy

/// What the director wants a host to have now.
///
/// The repository says what exists, and the director what this host takes of it. Neither alone makes a host run anything.
package struct Instructions: Statement {
    package static let type = "kaketsugi-instructions"

    /// What a build's processes are to have.
    package struct Order: Hashable, Sendable {
        /// The product, such as `glibc`.
        package var product: String
        /// The distribution, such as `debian-12`.
        package var distribution: String
        /// The build ID of the target, as small hexadecimal digits.
        package var buildID: String
        /// The level to be at; 0 for the original.
        package var level: Int
        /// The patch of that level; nil for the original.
        package var patch: ArtefactID?
        /// The rollout that it belongs to, which a report names.
        package var rollout: String

        /// An order.
        package init(
            product: String, distribution: String, buildID: String, level: Int, patch: ArtefactID?, rollout: String
        ) {
            self.product = product
            self.distribution = distribution
            self.buildID = buildID
            self.level = level
            self.patch = patch
            self.rollout = rollout
        }
    }

    /// The host.
    package var host: HostID
    /// Counts the instructions of a host; it does not go back to a lower number.
    package var number: Int64
    /// When they were given.
    package var issued: Moment
    /// From when on they say nothing more.
    package var expires: Moment
    /// The orders, at most one for a build; a build without one keeps what it has.
    package var orders: [Order]

    /// Instructions.
    package init(host: HostID, number: Int64, issued: Moment, expires: Moment, orders: [Order]) {
        self.host = host
        self.number = number
        self.issued = issued
        self.expires = expires
        self.orders = orders
    }

    package init(_ fields: ProtocolFields) throws(ProtocolError) {
        host = try fields.host("host")
        number = try fields.integer("number", atLeast: 1)
        issued = try fields.moment("issued")
        expires = try fields.moment("expires")
        orders = try fields.list("orders") { (fields) throws(ProtocolError) in try Order(fields) }
        guard Set(orders.map(\.buildID)).count == orders.count else {
            throw .badValue(field: fields.path(of: "orders"), value: "two for one build")
        }
    }

    package var members: JSONObject {
        [
            "host": .string(host.text), "number": .integer(number), "issued": .moment(issued),
            "expires": .moment(expires), "orders": .array(orders.map(\.value)),
        ]
    }
}

extension Instructions.Order {
    fileprivate init(_ fields: ProtocolFields) throws(ProtocolError) {
        product = try fields.string("product")
        distribution = try fields.string("distribution")
        buildID = try fields.buildID("buildID")
        level = try fields.size("level")
        patch = try fields.optional("patch", fields.patch)
        rollout = try fields.string("rollout")
        guard (level == 0) == (patch == nil) else {
            throw .badValue(field: fields.path(of: "level"), value: String(level))
        }
    }

    fileprivate var value: JSONValue {
        .object([
            "product": .string(product), "distribution": .string(distribution), "buildID": .string(buildID),
            "level": .integer(Int64(level)), "patch": .optional(patch?.description), "rollout": .string(rollout),
        ])
    }
}
