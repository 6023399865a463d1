// SPDX-License-Identifier: Apache-2.0

package import JSON
package import ServicePolicy

/// What the service covers of a host, each refusal with its clause (LP-2.1).
package struct EligibilityAnswer: Hashable, Sendable {
    /// A rule, and what it says of the host.
    package struct Remark: Hashable, Sendable {
        /// The clause, such as `LP-2.1-※2`.
        package var clause: String
        /// What it says here.
        package var text: PolicyText

        /// A remark.
        package init(clause: String, text: PolicyText) {
            self.clause = clause
            self.text = text
        }
    }

    /// The system of the table; nil if it is none of them.
    package var system: String?
    /// The products that are covered.
    package var products: [String]
    /// What refuses the host, or some product of it.
    package var refusals: [Remark]
    /// What its owner has not declared.
    package var flags: [Remark]

    /// An answer.
    package init(system: String?, products: [String], refusals: [Remark], flags: [Remark]) {
        self.system = system
        self.products = products
        self.refusals = refusals
        self.flags = flags
    }

    /// What the policy says.
    package init(_ eligibility: Eligibility) {
        let remarks = { (remarks: [Eligibility.Remark]) in
            remarks.map { Remark(clause: $0.clause.rawValue, text: $0.text) }
        }
        self.init(
            system: eligibility.system, products: eligibility.covered.map(\.rawValue),
            refusals: remarks(eligibility.refusals + eligibility.packages.compactMap(\.refusal)),
            flags: remarks(eligibility.flags))
    }
}

extension EligibilityAnswer {
    /// Reads an answer.
    ///
    /// - Throws: `ProtocolError`.
    package init(_ fields: ProtocolFields) throws(ProtocolError) {
        system = try fields.optional("system", fields.string)
        products = try fields.strings("products")
        refusals = try fields.list("refusals") { (fields) throws(ProtocolError) in try Remark(fields) }
        flags = try fields.list("flags") { (fields) throws(ProtocolError) in try Remark(fields) }
    }

    /// The answer as it is sent and kept.
    package var value: JSONValue {
        .object([
            "system": .optional(system), "products": .array(products.map { .string($0) }),
            "refusals": .array(refusals.map(\.value)), "flags": .array(flags.map(\.value)),
        ])
    }
}

extension EligibilityAnswer.Remark {
    init(_ fields: ProtocolFields) throws(ProtocolError) {
        clause = try fields.string("clause")
        text = PolicyText(try fields.string("en"), try fields.string("ja"))
    }

    var value: JSONValue {
        .object(["clause": .string(clause), "en": .string(text.english), "ja": .string(text.japanese)])
    }
}
