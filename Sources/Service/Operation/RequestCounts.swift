// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes

/// How many requests were answered, by what they were about and how.
final class RequestCounts: Sendable {
    /// What a request was about.
    enum Area: String, CaseIterable, Sendable {
        case metadata
        case targets
        case hosts
        case pages
    }

    private let counters = (0..<Area.allCases.count * 5).map { _ in Counter() }

    /// Counts an answer.
    func add(_ area: Area, status: HTTPResponse.Status) {
        let kind = min(max(status.code / 100, 1), 5) - 1
        counters[area.place * 5 + kind].add()
    }

    /// All numbers, with the first digit of the status.
    var values: [(area: Area, status: String, count: UInt64)] {
        Area.allCases.flatMap { area in
            (0..<5).map { (area, "\($0 + 1)xx", counters[area.place * 5 + $0].value) }
        }
    }
}

extension RequestCounts.Area {
    fileprivate var place: Int {
        switch self {
        case .metadata: 0
        case .targets: 1
        case .hosts: 2
        case .pages: 3
        }
    }
}
