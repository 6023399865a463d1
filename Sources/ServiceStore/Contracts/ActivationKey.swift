// SPDX-License-Identifier: Apache-2.0

package import ServicePolicy

/// What is known of an activation key; not the key itself.
package struct ActivationKey: Hashable, Sendable {
    /// What people call it.
    package var id: String
    /// SHA-256 of the key.
    package var hash: String
    /// The contract that it is of.
    package var contract: String
    /// How many hosts it may have; nil for any number.
    package var limit: Int?
    /// From when on it opens no registration any more; hosts that have registered stay.
    package var expires: Moment?
    /// The group that its hosts come into.
    package var group: String
    /// The products that its hosts get; none for all of the contract.
    package var products: [String]
    /// A note for people.
    package var note: String
    /// When it was made.
    package var created: Moment
    /// When it was revoked: its hosts get no new lease.
    package var revoked: Moment?

    /// A key.
    package init(
        _ secret: ActivationKeySecret, contract: String, limit: Int?, expires: Moment?, group: String,
        products: [String], note: String, created: Moment
    ) {
        id = secret.id
        hash = secret.hash
        self.contract = contract
        self.limit = limit
        self.expires = expires
        self.group = group
        self.products = products
        self.note = note
        self.created = created
    }

    /// Reads a row of ``columns``.
    init(_ row: SQLRow) throws(StoreError) {
        id = try row.text(0)
        hash = try row.text(1)
        contract = try row.text(2)
        limit = try row.optionalInteger(3).map { Int(clamping: $0) }
        expires = try row.optionalInteger(4).map { Moment(seconds: $0) }
        group = try row.text(5)
        products = Words.words(of: try row.text(6))
        note = try row.text(7)
        created = Moment(seconds: try row.integer(8))
        revoked = try row.optionalInteger(9).map { Moment(seconds: $0) }
    }

    static let columns = "id, hash, contract, host_limit, expires, host_group, products, note, created, revoked"
}
