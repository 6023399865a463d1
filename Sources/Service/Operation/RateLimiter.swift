// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Lets so many through at once, and then so many a minute, for each of many names.
///
/// Each name has a bucket that fills again with time (a token bucket). The names are bounded: when there are too many, those
/// whose buckets are full are forgotten, and if that is not enough, all.
final class RateLimiter: Sendable {
    private struct Bucket: Sendable {
        var level: Double
        var filled: Int64
    }

    private let burst: Double
    private let perSecond: Double
    private let buckets = Mutex<[String: Bucket]>([:])
    private static let limit = 50_000

    /// - Parameters:
    ///   - burst: how many at once.
    ///   - perMinute: how many a minute after that.
    init(burst: Int, perMinute: Int) {
        self.burst = Double(burst)
        perSecond = Double(perMinute) / 60
    }

    /// Takes one for a name; nil if it may go, or after how many seconds to come again.
    func take(_ name: String, at second: Int64) -> Int64? {
        buckets.withLock { buckets in
            var bucket = buckets[name] ?? Bucket(level: burst, filled: second)
            bucket.level = level(of: bucket, at: second)
            bucket.filled = max(bucket.filled, second)
            guard bucket.level >= 1 else {
                buckets[name] = bucket
                return max(1, Int64(((1 - bucket.level) / perSecond).rounded(.up)))
            }
            bucket.level -= 1
            buckets[name] = bucket
            if buckets.count > Self.limit {
                buckets = buckets.filter { level(of: $0.value, at: second) < burst }
                if buckets.count > Self.limit { buckets = [name: bucket] }
            }
            return nil
        }
    }

    /// After how many seconds one may go; nil if at once.
    ///
    /// It takes none.
    func wait(_ name: String, at second: Int64) -> Int64? {
        let there = buckets.withLock { buckets in buckets[name].map { level(of: $0, at: second) } } ?? burst
        return there >= 1 ? nil : max(1, Int64(((1 - there) / perSecond).rounded(.up)))
    }

    /// Gives one back: it was in order.
    func giveBack(_ name: String) {
        buckets.withLock { buckets in
            if let level = buckets[name]?.level { buckets[name]?.level = min(burst, level + 1) }
        }
    }

    private func level(of bucket: Bucket, at second: Int64) -> Double {
        min(burst, bucket.level + Double(max(0, second - bucket.filled)) * perSecond)
    }
}
