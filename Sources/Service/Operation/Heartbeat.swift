// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ServiceLifecycle
internal import ServicePolicy
internal import ServiceStore

/// Writes once a minute that the service is there; where that is missing, it was not (LP-3.2-4).
///
/// All processes over one database share the heartbeat: the service is there while one of them is.
struct Heartbeat: ServiceLifecycle.Service {
    let store: ServiceStore
    let logger: Logger

    private static let beat = "service.heartbeat"
    private static let list = "service.outages"
    private static let first = "service.began"
    private static let interval: Int64 = 60
    /// What is longer without a heartbeat is an outage.
    private static let gap: Int64 = 180
    /// How many outages are kept.
    private static let limit = 500

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.write()
                try? await Task.sleep(for: .seconds(Self.interval))
            }
        }
    }

    private func write() async {
        let now = DateClock.seconds
        do {
            try await store.write { records in try Self.note(now, in: records) }
        } catch {
            logger.warning("the heartbeat could not be written", metadata: ["error": "\(error)"])
        }
    }

    /// Notes that the service is there, and if it was not for a while, that as well.
    static func note(_ now: Int64, in records: Records) throws {
        if let last = try records.setting(beat).flatMap(Int64.init), now > last, now - last > gap {
            let known = try records.setting(list)?.split(separator: " ").suffix(limit - 1) ?? []
            try records.set(list, to: (known + ["\(last)-\(now)"]).joined(separator: " "))
        }
        if try records.setting(first) == nil { try records.set(first, to: "\(now)") }
        try records.set(beat, to: "\(now)")
    }

    /// When the service was there for the first time; nil if it never was.
    static func began(in records: Records) throws -> Moment? {
        try records.setting(first).flatMap(Int64.init).map { Moment(seconds: $0) }
    }

    /// When the service was not there.
    static func outages(in records: Records) throws -> [Range<Moment>] {
        (try records.setting(list) ?? "").split(separator: " ").compactMap { span in
            let parts = span.split(separator: "-").compactMap { Int64($0) }
            guard parts.count == 2, parts[0] < parts[1] else { return nil }
            return Moment(seconds: parts[0])..<Moment(seconds: parts[1])
        }
    }
}
