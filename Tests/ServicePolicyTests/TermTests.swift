// SPDX-License-Identifier: Apache-2.0

import CivilTime
import Foundation
import Testing

@testable import ServicePolicy

/// Until when rights hold (LP-3.2).
@Suite struct TermTests {
    static func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(text)) }

    @Test(arguments: [
        ("2026-04-01", "2027-03-31"), ("2026-01-01", "2026-12-31"), ("2024-02-29", "2025-02-28"),
        ("2023-03-01", "2024-02-29"), ("2024-03-01", "2025-02-28"), ("2023-02-28", "2024-02-27"),
        ("2099-12-31", "2100-12-30"), ("2096-02-29", "2097-02-28"), ("2000-02-29", "2001-02-28"),
    ])
    func `LP-3.2-3: a right holds one calendar year less a day`(from: String, to: String) throws {
        let term = EntitlementTerm(from: try Self.day(from))
        #expect(term.validTo == (try Self.day(to)))
        #expect(term.renewed.validFrom == term.validTo.adding(days: 1))
    }

    @Test func `LP-3.2-3: the first and the last day are whole days in Asia, Tokyo`() throws {
        let term = EntitlementTerm(from: try Self.day("2026-04-01"))
        // 2026-03-31T15:00:00Z is midnight in Tokyo.
        let start = Moment(seconds: 1_774_969_200)
        #expect(Moment(startOf: term.validFrom) == start)
        #expect(!term.isValid(at: Moment(seconds: start.seconds - 1)) && term.isValid(at: start))
        let end = start.adding(days: 365)
        #expect(term.end == end)
        #expect(term.isValid(at: Moment(seconds: end.seconds - 1)) && !term.isValid(at: end))
        #expect(start.dayInTokyo.description == "2026-04-01")
        #expect(Moment(seconds: start.seconds - 1).dayInTokyo.description == "2026-03-31")
    }

    @Test func `a lease lasts 30 days and 14 more, and never longer than the right and those 14`() throws {
        let term = EntitlementTerm(from: try Self.day("2026-04-01"))
        let given = Moment(startOf: term.validFrom).adding(days: 10)
        let lease = try #require(LeasePolicy().lease(at: given, of: term))
        func state(_ seconds: Int64) -> Lease.State { lease.state(at: Moment(seconds: given.seconds + seconds)) }
        let day: Int64 = 86_400
        #expect(state(-1) == .early && state(0) == .valid && state(30 * day - 1) == .valid)
        #expect(state(30 * day) == .grace && state(44 * day - 1) == .grace && state(44 * day) == .lapsed)
        #expect(
            lease.allowsNewPatches(at: given.adding(days: 43)) && !lease.allowsNewPatches(at: given.adding(days: 44)))
        #expect(!lease.allowsNewPatches(at: given.adding(days: -1)))
        let late = try #require(LeasePolicy().lease(at: term.end.adding(days: -3), of: term))
        #expect(late.expires == term.end && late.graceEnds == term.end.adding(days: 14))
        #expect(LeasePolicy().lease(at: term.end, of: term) == nil)
        #expect(LeasePolicy().lease(at: Moment(startOf: term.validFrom).adding(days: -1), of: term) == nil)
    }

    @Test func `LP-3.2-4: designated days and maintenance do not count`() throws {
        let start = Moment(startOf: try Self.day("2026-06-01"))
        let month = start..<start.adding(days: 30)
        func hours(_ from: Int64, _ to: Int64) -> Range<Moment> {
            Moment(seconds: start.seconds + from * 3600)..<Moment(seconds: start.seconds + to * 3600)
        }
        let planned = MaintenanceWindow(
            .planned, from: hours(48, 50).lowerBound, to: hours(48, 50).upperBound, noticed: start)
        let urgent = MaintenanceWindow(
            .emergency, from: hours(49, 53).lowerBound, to: hours(49, 53).upperBound, noticed: nil)
        let availability = Availability(
            of: month, designated: [try Self.day("2026-06-01"), try Self.day("2026-05-31")],
            windows: [planned, urgent],
            // On the designated day; half in the maintenance; twice the same hour; beyond the month.
            outages: [hours(1, 2), hours(52, 54), hours(100, 101), hours(100, 101), hours(719, 730)])
        #expect(availability.countedSeconds == (30 * 24 - 24 - 5) * 3600)
        #expect(availability.outageSeconds == 3 * 3600)
        #expect(availability.perHundredThousand == 99_565)
        let nothing = Availability(of: month, designated: [], windows: [], outages: [])
        #expect(nothing.perHundredThousand == 100_000)
        #expect(Availability(of: start..<start, designated: [], windows: [], outages: []).perHundredThousand == nil)
    }

    @Test func `LP-3.2-※5: a planned window without notice beforehand is flagged, an urgent one is not`() {
        let (start, end) = (Moment(seconds: 1000), Moment(seconds: 2000))
        func window(_ kind: MaintenanceWindow.Kind, _ noticed: Int64?) -> MaintenanceWindow {
            MaintenanceWindow(kind, from: start, to: end, noticed: noticed.map { Moment(seconds: $0) })
        }
        #expect(window(.planned, nil).isUnannounced && window(.planned, 1000).isUnannounced)
        #expect(!window(.planned, 999).isUnannounced && !window(.emergency, nil).isUnannounced)
        #expect(MaintenanceWindow(.planned, from: end, to: start, noticed: nil).ends == end)
    }

    @Test func `days are those of the calendar, four centuries long`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for number in stride(from: -25_567, to: 120_530, by: 13) {
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(number) * 86_400))
            let (year, month, day) = CalendarDay(number: number).components
            #expect([year, month, day] == [parts.year, parts.month, parts.day])
            #expect(CalendarDay(year: year, month: month, day: day)?.number == number)
            #expect(CalendarDay(CalendarDay(number: number).description)?.number == number)
        }
    }

    @Test func `nothing traps at the ends of time`() throws {
        let last = try Self.day("9999-12-31")
        let first = try Self.day("0001-01-01")
        #expect(CalendarDay(number: .max) == last && CalendarDay(number: .min) == first)
        #expect(last.adding(days: .max) == last && first.adding(days: .min) == first)
        #expect(EntitlementTerm(from: last).validTo <= last)
        for moment in [Moment(seconds: .max), Moment(seconds: .min)] {
            _ = moment.dayInTokyo
            _ = (moment.adding(days: .max), moment.adding(days: .min))
        }
        let all = Moment(seconds: .min)..<Moment(seconds: .max)
        #expect(TimeSpans([all]).seconds == .max)
        #expect(Availability(of: all, designated: [first, last], windows: [], outages: [all]).perHundredThousand == 0)
    }

    @Test(arguments: [
        "", "2026-2-01", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "+026-01-01", "2026-01-01 ",
        "20260101",
        "0000-01-01", "２０２６-01-01",
    ])
    func `texts that are no day are none`(text: String) { #expect(CalendarDay(text) == nil) }
}
