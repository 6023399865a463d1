// SPDX-License-Identifier: Apache-2.0

/// A record of a profile: `struct perf_event_header`, and what follows.
struct PerfRecord {
    /// Where it is in the file, header included.
    let range: Range<Int>
    /// What it tells.
    let type: UInt32
    /// Bits whose meaning depends on the type.
    let miscellaneous: UInt16

    /// The length of the header.
    static let headerSize = 8
    /// The longest record: its size has 16 bits.
    static let maximalSize = 0xffff

    // From include/uapi/linux/perf_event.h, and tools/lib/perf/include/perf/event.h.
    static let mapping: UInt32 = 1
    static let mappingWithIdentity: UInt32 = 10
    static let tracingData: UInt32 = 66
    static let processorTrace: UInt32 = 71
    static let compressed: UInt32 = 81
    static let compressedAligned: UInt32 = 83
    /// `PERF_RECORD_MISC_MMAP_DATA`: the mapping is not executable.
    static let isData: UInt16 = 1 << 13
    /// `PERF_RECORD_MISC_MMAP_BUILD_ID`: the file's build ID is in the place of its number.
    static let hasBuildID: UInt16 = 1 << 14
}

extension PerfDataFile {
    /// Goes through the records, in the order in which they were written.
    ///
    /// - Throws: ``PerfDataError`` for a record that makes no sense, and for one behind which there is more than its size
    ///   tells.
    func forEachRecord(_ body: (PerfRecord) throws(PerfDataError) -> Void) throws(PerfDataError) {
        var offset = records.lowerBound
        while offset < records.upperBound {
            let left = records.upperBound - offset
            let size = Int(bytes.number(at: offset + 6, as: UInt16.self))
            guard left >= PerfRecord.headerSize, size >= PerfRecord.headerSize, size <= left else {
                throw .badRecord(offset: UInt64(offset))
            }
            let record = PerfRecord(
                range: offset..<offset + size, type: bytes.number(at: offset, as: UInt32.self),
                miscellaneous: bytes.number(at: offset + 4, as: UInt16.self))
            switch record.type {
            case PerfRecord.compressed, PerfRecord.compressedAligned: throw .unsupported(.compression)
            case PerfRecord.processorTrace, PerfRecord.tracingData: throw .unsupported(.traces)
            default: try body(record)
            }
            offset += size
        }
    }
}
