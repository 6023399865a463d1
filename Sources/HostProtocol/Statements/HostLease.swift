// SPDX-License-Identifier: Apache-2.0

package import JSON
package import ServicePolicy

/// Until when a host may take new patches, and of which products.
///
/// A host keeps it and needs no connection while it holds. A lapse stops new patches only; those that are applied stay.
package struct HostLease: Statement {
    package static let type = "kaketsugi-lease"

    /// The host.
    package var host: HostID
    /// The times.
    package var lease: Lease
    /// The products that it is for, such as `glibc`.
    package var products: [String]
    /// The contract, as its holder knows it.
    package var contract: String

    /// A lease.
    package init(host: HostID, lease: Lease, products: [String], contract: String) {
        self.host = host
        self.lease = lease
        self.products = products
        self.contract = contract
    }

    package init(_ fields: ProtocolFields) throws(ProtocolError) {
        host = try fields.host("host")
        lease = Lease(
            issued: try fields.moment("issued"), expires: try fields.moment("expires"),
            graceEnds: try fields.moment("graceEnds"))
        products = try fields.strings("products")
        contract = try fields.string("contract")
    }

    package var members: JSONObject {
        [
            "host": .string(host.text), "issued": .moment(lease.issued), "expires": .moment(lease.expires),
            "graceEnds": .moment(lease.graceEnds), "products": .array(products.map { .string($0) }),
            "contract": .string(contract),
        ]
    }
}
