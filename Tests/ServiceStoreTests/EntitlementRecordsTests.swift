// SPDX-License-Identifier: Apache-2.0

import CivilTime
import ServicePolicy
import ServiceStore
import ServiceTesting
import Testing

@Suite(.serialized) struct EntitlementRecordsTests {
    private let now = SampleFleet.start

    private func contract(_ terms: [Contract.Term]) -> Contract {
        Contract(id: "C-7", customer: "例", products: ["glibc"], declared: "2 hosts", created: now, terms: terms)
    }

    @Test(arguments: TestDatabase.allCases)
    func `a contract is read as it was entered, and renewed without a gap`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            let entered = contract([
                .init(.usageRight, EntitlementTerm(from: now.dayInTokyo)),
                .init(.technicalSupport, EntitlementTerm(from: now.dayInTokyo)),
            ])
            try await store.write { try $0.add(entered) }
            #expect(
                try await store.read { try $0.contracts() }
                    == [entered].map { contract in
                        var contract = contract
                        contract.terms.sort { $0.kind.rawValue < $1.kind.rawValue }
                        return contract
                    })
            await #expect(throws: StoreError.self) { try await store.write { try $0.add(entered) } }
            let renewed = try await store.write { try $0.renew(.usageRight, of: "C-7", at: now) }
            #expect(renewed.validFrom == now.dayInTokyo.lastDayOfYear.adding(days: 1))
            let span = try await store.read { try $0.contract("C-7") }?.span(of: .usageRight, at: now)
            #expect(span?.validTo == renewed.validTo)
        }
    }
}
