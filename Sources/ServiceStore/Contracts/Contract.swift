// SPDX-License-Identifier: Apache-2.0

package import CivilTime
package import ServicePolicy

/// What a customer has a right to.
package struct Contract: Hashable, Sendable {
    /// What a contract can give; each can exist alone (LP-1).
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// The right to use tool and data.
        case usageRight
        /// Technical support.
        case technicalSupport
    }

    /// A year of a right.
    package struct Term: Hashable, Sendable {
        /// The right.
        package var kind: Kind
        /// The year.
        package var term: EntitlementTerm

        /// A year of a right.
        package init(_ kind: Kind, _ term: EntitlementTerm) {
            self.kind = kind
            self.term = term
        }
    }

    /// The contract's number, as its customer knows it.
    package var id: String
    /// The customer.
    package var customer: String
    /// The products, such as `glibc`; none for all.
    package var products: [String]
    /// What the customer has declared beside, for people.
    package var declared: String
    /// When it was entered.
    package var created: Moment
    /// The years, in their order.
    package var terms: [Term]

    /// A contract.
    package init(
        id: String, customer: String, products: [String], declared: String, created: Moment, terms: [Term]
    ) {
        self.id = id
        self.customer = customer
        self.products = products
        self.declared = declared
        self.created = created
        self.terms = terms
    }

    /// The time for which a right holds without a gap, around a moment; nil if it does not hold then.
    ///
    /// Years that follow each other are one time: a lease does not end because a new year begins.
    package func span(of kind: Kind, at moment: Moment) -> EntitlementTerm? {
        let years = terms.filter { $0.kind == kind }.map(\.term).sorted { $0.validFrom < $1.validFrom }
        guard var span = years.first(where: { $0.isValid(at: moment) }) else { return nil }
        for year in years where year.validFrom <= span.validTo.adding(days: 1) {
            span.validTo = max(span.validTo, year.validTo)
        }
        return span
    }

    /// The last day of a right that has not ended before a moment, or the last that it had; nil if it never had it.
    package func lastDay(of kind: Kind) -> CalendarDay? {
        terms.filter { $0.kind == kind }.map(\.term.validTo).max()
    }
}
