// SPDX-License-Identifier: Apache-2.0

/// When a host comes again.
///
/// Hosts that were started together must not come together, so each interval is spread; a service in trouble is asked ever
/// more seldom.
package struct PollSchedule: Hashable, Sendable {
    /// How many times in a row the service was not reached.
    package private(set) var failures = 0

    /// Intervals that a host keeps to, whatever the service says: a minute to a day.
    package static let bounds: ClosedRange<Int64> = 60...86_400
    private static let firstRetry: Int64 = 30

    /// A schedule without failures.
    package init() {}

    /// Reckons with a check-in that succeeded.
    ///
    /// - Parameters:
    ///   - interval: what the service has said.
    ///   - random: a number from 0 up to 1, for the spread: a tenth in both directions.
    /// - Returns: The seconds until the next one.
    package mutating func afterSuccess(interval: Int64, random: Double) -> Int64 {
        failures = 0
        let bounded = min(max(interval, Self.bounds.lowerBound), Self.bounds.upperBound)
        return bounded + Int64((random - 0.5) * 0.2 * Double(bounded))
    }

    /// Reckons with an attempt that failed.
    ///
    /// - Parameters:
    ///   - interval: the usual interval, the longest that is waited.
    ///   - retryAfter: what the service asks for, as far as it is no longer than a day.
    ///   - random: a number from 0 up to 1.
    /// - Returns: The seconds until the next one.
    package mutating func afterFailure(interval: Int64, retryAfter: Int64?, random: Double) -> Int64 {
        failures = min(failures + 1, 16)
        let limit = min(max(interval, Self.bounds.lowerBound), Self.bounds.upperBound)
        let wait = min(Self.firstRetry << Int64(failures - 1), limit)
        let spread = wait / 2 + Int64(random * Double(wait / 2 + 1))
        return max(spread, min(retryAfter ?? 0, Self.bounds.upperBound))
    }
}
