// SPDX-License-Identifier: Apache-2.0

/// What the kernel tells of the processes of the machine.
package enum MappingEvent: Hashable, Sendable {
    /// A process has a new executable mapping, by an `execve` or later.
    ///
    /// The build ID is nil where the kernel has not read it, so that the mapping may be of any file of that name.
    case mapped(ProcessID, buildID: [UInt8]?, path: String, at: MonotonicInstant)
    /// A process has a child, which has its mappings.
    case forked(ProcessID, child: ProcessID, at: MonotonicInstant)
    /// Records were lost, since nobody read them in time; how many is not known if it says 0.
    case lost(UInt64)
}

extension MappingEvent {
    /// Reads a record; nil for one that says nothing of interest, or makes no sense.
    ///
    /// See perf_event_open(2): `struct perf_event_header` (type, misc, size), the record, and at its end `struct sample_id`
    /// with process, thread and time.
    init?(parsing record: [UInt8]) {
        func number(_ offset: Int, _ size: Int) -> UInt64 {
            record[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        func process(_ offset: Int) -> ProcessID { ProcessID(rawValue: Int32(truncatingIfNeeded: number(offset, 4))) }
        guard record.count >= Self.headerSize + Self.sampleSize else { return nil }
        let time = MonotonicInstant(nanoseconds: number(record.count - 8, 8))
        switch number(0, 4) {
        case Self.mapping:
            // pid, tid, addr, len, pgoff, 24 bytes of identity, prot, flags, filename
            guard record.count >= 72 + Self.sampleSize else { return nil }
            var buildID: [UInt8]?
            if number(4, 2) & Self.hasBuildID != 0 {
                let size = Int(record[40])
                guard size <= 20 else { return nil }
                if size > 0 { buildID = Array(record[44..<44 + size]) }
            }
            let path = record[72..<record.count - Self.sampleSize].prefix { $0 != 0 }
            self = .mapped(process(8), buildID: buildID, path: String(decoding: path, as: UTF8.self), at: time)
        case Self.fork:
            // pid, ppid, tid, ptid, time
            guard record.count >= 32 + Self.sampleSize, process(8) != process(12) else { return nil }
            self = .forked(process(12), child: process(8), at: time)
        case Self.losing:
            // id, lost
            guard record.count >= 24 else { return nil }
            self = .lost(number(16, 8))
        default: return nil
        }
    }

    private static let headerSize = 8
    private static let sampleSize = 16
    private static let losing: UInt64 = 2
    private static let fork: UInt64 = 7
    private static let mapping: UInt64 = 10
    /// `PERF_RECORD_MISC_MMAP_BUILD_ID`.
    private static let hasBuildID: UInt64 = 1 << 14
}
