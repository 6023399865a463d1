// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import UpdateFramework

/// Moments in metadata.
@Suite struct UpdateTimeTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59Z", -1), ("2000-02-29T12:34:56Z", 951_827_696),
            ("2026-07-01T12:00:00Z", 1_782_907_200), ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("9999-12-31T23:59:59Z", 253_402_300_799), ("0001-01-01T00:00:00Z", -62_135_596_800),
            ("1900-02-28T23:59:59Z", -2_203_891_201),
        ] as [(String, Int64)])
    func `a moment is read and written`(text: String, seconds: Int64) {
        #expect(UpdateTime(text)?.secondsSince1970 == seconds)
        #expect(UpdateTime(secondsSince1970: seconds).description == text)
    }

    @Test(arguments: [
        "", "2026-07-01T12:00:00", "2026-07-01 12:00:00Z", "2026-7-1T12:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "0000-01-01T00:00:00Z", "+026-01-01T00:00:00Z", "2026-07-01T12:00:00+00:00", "2026-07-01T12:00:00.5Z",
        "２026-07-01T12:00Z",
    ])
    func `another text is no moment`(text: String) {
        #expect(UpdateTime(text) == nil)
    }

    @Test func `every day is written as it is read`() {
        // A leap year, the end of a century that has no leap day, and every 37th day of a long time.
        for day in Array(stride(from: -719_162, through: 2_932_896, by: 37)) + Array(47_000..<47_800) {
            let time = UpdateTime(secondsSince1970: Int64(day) * 86_400 + 3_661)
            #expect(UpdateTime(time.description) == time)
        }
    }

    @Test func `what metadata cannot write becomes the first or last moment`() {
        #expect(UpdateTime(secondsSince1970: .max).description == "9999-12-31T23:59:59Z")
        #expect(UpdateTime(secondsSince1970: .min).description == "0001-01-01T00:00:00Z")
    }
}
