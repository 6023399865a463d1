// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
package import ServicePolicy

extension Records {
    /// Enters a contract.
    ///
    /// - Throws: `StoreError.conflict` if there is one of that number.
    package func add(_ contract: Contract) throws(StoreError) {
        try execute(
            "INSERT INTO contracts (id, customer, products, declared, created) VALUES (?, ?, ?, ?, ?)",
            .text(contract.id), .text(contract.customer), .text(Words.column(contract.products)),
            .text(contract.declared), .integer(contract.created.seconds))
        for term in contract.terms { try add(term, to: contract.id) }
    }

    /// Adds a year to a contract; the same year twice is one.
    ///
    /// - Throws: `StoreError`.
    package func add(_ term: Contract.Term, to contract: String) throws(StoreError) {
        try execute(
            """
            INSERT INTO terms (contract, kind, valid_from, valid_to) VALUES (?, ?, ?, ?)
            ON CONFLICT (contract, kind, valid_from) DO UPDATE SET valid_to = excluded.valid_to
            """,
            .text(contract), .text(term.kind.rawValue), .text("\(term.term.validFrom)"),
            .text("\(term.term.validTo)"))
    }

    /// Adds the year after the last one of a right, or one from a day on if it never had the right.
    ///
    /// - Returns: The year.
    /// - Throws: `StoreError.noSuch`.
    package func renew(_ kind: Contract.Kind, of id: String, at now: Moment) throws(StoreError) -> EntitlementTerm {
        guard let contract = try contract(id) else { throw .noSuch(.contract, id) }
        let last = contract.terms.filter { $0.kind == kind }.map(\.term).max { $0.validTo < $1.validTo }
        // After a gap the year begins today: nobody pays for days that are over.
        let next = last.map(\.renewed).flatMap { $0.validFrom < now.dayInTokyo ? nil : $0 }
        let term = next ?? EntitlementTerm(from: now.dayInTokyo)
        try add(.init(kind, term), to: id)
        return term
    }

    /// A contract.
    package func contract(_ id: String) throws(StoreError) -> Contract? {
        try contracts([id])[id]
    }

    /// All contracts, in the order of their numbers.
    package func contracts() throws(StoreError) -> [Contract] {
        var ids: [String] = []
        for row in try query("SELECT id FROM contracts ORDER BY id") { ids.append(try row.text(0)) }
        let contracts = try contracts(ids)
        return ids.compactMap { contracts[$0] }
    }

    /// Contracts by their numbers.
    package func contracts(_ ids: [String]) throws(StoreError) -> [String: Contract] {
        var contracts: [String: Contract] = [:]
        let rows = try query("SELECT id, customer, products, declared, created FROM contracts WHERE id IN (…)", in: ids)
        for row in rows {
            let id = try row.text(0)
            contracts[id] = Contract(
                id: id, customer: try row.text(1), products: Words.words(of: try row.text(2)),
                declared: try row.text(3), created: Moment(seconds: try row.integer(4)), terms: [])
        }
        let terms = try query(
            "SELECT contract, kind, valid_from, valid_to FROM terms WHERE contract IN (…) ORDER BY valid_from, kind",
            in: ids)
        // A list that was filled up brings no row twice.
        for row in terms {
            let kind = try row.read(1, Contract.Kind.init(rawValue:))
            var term = EntitlementTerm(from: try row.read(2) { CalendarDay($0) })
            term.validTo = try row.read(3) { CalendarDay($0) }
            contracts[try row.text(0)]?.terms.append(.init(kind, term))
        }
        return contracts
    }
}
