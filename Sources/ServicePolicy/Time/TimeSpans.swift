// SPDX-License-Identifier: Apache-2.0

/// Times from a moment up to, and without, another, put together so that none is counted twice.
package struct TimeSpans: Hashable, Sendable {
    /// The spans in their order, with gaps in between.
    package private(set) var spans: [Range<Moment>] = []

    /// The union of spans that come in any order.
    package init(_ spans: some Sequence<Range<Moment>>) {
        for span in spans.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = self.spans.last, span.lowerBound <= last.upperBound {
                self.spans[self.spans.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
            } else {
                self.spans.append(span)
            }
        }
    }

    /// The seconds of all of them; the most that can be counted if they are more.
    package var seconds: Int64 {
        spans.reduce(0) { sum, span in
            let (length, tooLong) = span.upperBound.seconds.subtractingReportingOverflow(span.lowerBound.seconds)
            let (total, tooMuch) = sum.addingReportingOverflow(length)
            return tooLong || tooMuch ? .max : total
        }
    }

    /// What of them is in a span.
    package func within(_ span: Range<Moment>) -> TimeSpans { TimeSpans(spans.map { $0.clamped(to: span) }) }

    /// What of them is in none of others.
    package func without(_ others: TimeSpans) -> TimeSpans {
        var rest: [Range<Moment>] = []
        for span in spans {
            var start = span.lowerBound
            for other in others.spans where other.overlaps(span) {
                if start < other.lowerBound { rest.append(start..<other.lowerBound) }
                start = max(start, other.upperBound)
            }
            if start < span.upperBound { rest.append(start..<span.upperBound) }
        }
        return TimeSpans(rest)
    }
}
