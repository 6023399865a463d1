// SPDX-License-Identifier: Apache-2.0

/// A walk along records each of which says how many bytes further the next one is.
///
/// It only ever goes forward, so that no file makes it run in circles.
struct RecordChain {
    /// The current record's offset; nil after the last one.
    private(set) var offset: UInt64?
    private var remaining: UInt64
    private let part: ELFError.Part

    /// Starts a walk along a number of records.
    init(count: UInt64, start: UInt64 = 0, part: ELFError.Part) {
        offset = count > 0 ? start : nil
        remaining = count
        self.part = part
    }

    /// Goes on to the next record.
    ///
    /// - Throws: `ELFError.brokenChain` if there should be one and the distance is zero.
    mutating func advance(by distance: UInt32) throws(ELFError) {
        guard let current = offset else { return }
        remaining -= 1
        guard remaining > 0 else {
            offset = nil
            return
        }
        let (next, overflow) = current.addingReportingOverflow(UInt64(distance))
        guard distance > 0, !overflow else { throw .brokenChain(part, offset: current) }
        offset = next
    }
}
