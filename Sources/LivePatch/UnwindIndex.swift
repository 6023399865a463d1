// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// An index of unwind tables: for each function, where its entry is (`.eh_frame_hdr`; LSB 5, 10.6.2).
struct UnwindIndex {
    /// Where it lies.
    let address: UInt64
    /// What it holds.
    let bytes: [UInt8]

    /// The version, and how numbers are written: an address from where it stands, and in the list from the beginning.
    private static let head: [UInt8] = [1, 0x1b, 0x03, 0x3b]

    /// Makes the index of some tables; what is no entry is left out.
    init(of tables: [UInt8], at tablesAddress: UInt64, indexAddress: UInt64) {
        address = indexAddress
        var list: [(function: Int32, entry: Int32)] = []
        var commons: [UInt64: CallFrameCommon] = [:]
        for range in Self.ranges(of: tables) {
            let entry = Array(tables[range])
            let place = tablesAddress &+ UInt64(range.lowerBound)
            guard let commonPlace = CallFrameEntry.common(of: entry, at: place) else {
                commons[place] = CallFrameCommon(entry, at: place)
                continue
            }
            guard let common = commons[commonPlace], let function = CallFrameEntry(entry, at: place, common: common),
                let start = Int32(exactly: Int64(bitPattern: function.start &- indexAddress)),
                let distance = Int32(exactly: Int64(bitPattern: place &- indexAddress))
            else { continue }
            list.append((start, distance))
        }
        list.sort { $0.function < $1.function }
        let toTables = Int64(bitPattern: tablesAddress &- (indexAddress &+ 4))
        bytes =
            Self.head + littleEndian(Int32(truncatingIfNeeded: toTables)) + littleEndian(UInt32(list.count))
            + list.flatMap { littleEndian($0.function) + littleEndian($0.entry) }
    }

    /// The tables without what follows their end, which is a zero length.
    static func entries(of memory: [UInt8]) -> [UInt8] {
        guard let last = ranges(of: memory).last else { return [] }
        return Array(memory.prefix(last.upperBound + 4))
    }

    /// Where the entries are, up to the end of the tables or to what is no entry.
    private static func ranges(of tables: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var offset = 0
        while offset + 4 <= tables.count {
            let length = tables[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard length > 0, length <= tables.count - offset - 4 else { break }
            ranges.append(offset..<offset + 4 + length)
            offset += 4 + length
        }
        return ranges
    }
}
