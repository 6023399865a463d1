// SPDX-License-Identifier: Apache-2.0

/// A profile that `perf record` has written, `perf.data`, in somebody else's bytes.
///
/// The header, what was measured, the records in the order in which they were written, a list of sections, and these; see
/// `tools/perf/Documentation/perf.data-file-format.txt` of the kernel. All of them are told by their places in the file.
package struct PerfDataFile: ~Escapable {
    /// The whole file.
    let bytes: RawSpan
    /// Where the records are.
    let records: Range<Int>
    /// How many sections are behind the records.
    let sections: Int

    /// The place of a field in the header.
    enum Field {
        static let headerSize = 8
        static let attributeSize = 16
        static let attributes = 24
        static let records = 40
        static let recordsSize = 48
        static let eventTypes = 56
        static let features = 72
    }

    private static let magic: [UInt8] = Array("PERFILE2".utf8)
    private static let headerSize: UInt64 = 104
    /// The header that goes into a pipe: magic number and size.
    private static let pipedHeaderSize: UInt64 = 16
    /// An offset and a size, `struct perf_file_section`.
    static let sectionSize = 16
    /// The bits of the header that say which sections there are.
    private static let features = 256

    /// Reads the header, and checks that everything is where it can be kept.
    ///
    /// - Parameter bytes: The whole file.
    /// - Throws: ``PerfDataError`` if it is not a profile, or not one that can be copied with longer records.
    @_lifetime(copy bytes)
    package init(parsing bytes: RawSpan) throws(PerfDataError) {
        guard bytes.byteCount >= Self.magic.count else { throw .notProfile }
        let magic = bytes.copied(0..<Self.magic.count)
        guard magic == Self.magic else { throw magic == Self.magic.reversed() ? .otherByteOrder : .notProfile }
        let size = bytes.number(at: Field.headerSize, as: UInt64.self)
        guard size != Self.pipedHeaderSize else { throw .piped }
        guard size == Self.headerSize, bytes.byteCount >= size else { throw .unknownHeader(size: size) }
        let start = bytes.number(at: Field.records, as: UInt64.self)
        let length = bytes.number(at: Field.recordsSize, as: UInt64.self)
        guard length > 0 else { throw .unfinished }
        guard start >= size, let records = bytes.range(at: start, size: length) else {
            throw .misplaced(.records, offset: start, size: length)
        }
        self.bytes = bytes
        self.records = records
        sections = try Self.sections(of: bytes, behind: records.upperBound)
        try requireAttributes()
    }

    /// What was measured must be in front of the records: there it can stay.
    private func requireAttributes() throws(PerfDataError) {
        let attributes = try place(Field.attributes, .attributes)
        _ = try place(Field.eventTypes, .attributes)
        let size = bytes.number(at: Field.attributeSize, as: UInt64.self)
        // Each is a `struct perf_event_attr` of some length, and the section of its identifiers.
        guard size >= UInt64(Self.sectionSize), let step = Int(exactly: size), attributes.count.isMultiple(of: step)
        else {
            throw .misplaced(.attributes, offset: UInt64(attributes.lowerBound), size: UInt64(attributes.count))
        }
        for end in stride(from: attributes.lowerBound + step, through: attributes.upperBound, by: step) {
            _ = try place(end - Self.sectionSize, .identifiers)
        }
    }

    /// What a section names, which must be in front of the records if it is anything.
    private func place(_ field: Int, _ part: PerfDataError.Part) throws(PerfDataError) -> Range<Int> {
        let offset = bytes.number(at: field, as: UInt64.self)
        let size = bytes.number(at: field + 8, as: UInt64.self)
        guard size > 0 else { return 0..<0 }
        guard let range = bytes.range(at: offset, size: size), range.upperBound <= records.lowerBound else {
            throw .misplaced(part, offset: offset, size: size)
        }
        return range
    }

    /// The number of sections behind the records, which must be there if they are anywhere.
    private static func sections(of bytes: RawSpan, behind end: Int) throws(PerfDataError) -> Int {
        var count = 0
        for feature in 0..<features {
            let byte = bytes.number(at: Field.features + feature / 8, as: UInt8.self)
            guard byte & 1 << (feature % 8) != 0 else { continue }
            count += 1
            switch feature {
            // HEADER_AUXTRACE, HEADER_DIR_FORMAT, HEADER_COMPRESSED of tools/perf/util/header.h.
            case 18: throw .unsupported(.traces)
            case 24: throw .unsupported(.severalFiles)
            case 27: throw .unsupported(.compression)
            default: break
            }
        }
        guard bytes.range(at: UInt64(end), size: UInt64(count * sectionSize)) != nil else {
            throw .misplaced(.sectionList, offset: UInt64(end), size: UInt64(count * sectionSize))
        }
        for index in 0..<count {
            let offset = bytes.number(at: end + index * sectionSize, as: UInt64.self)
            let size = bytes.number(at: end + index * sectionSize + 8, as: UInt64.self)
            guard size > 0 else { continue }
            guard offset >= UInt64(end), bytes.range(at: offset, size: size) != nil else {
                throw .misplaced(.section, offset: offset, size: size)
            }
        }
        return count
    }
}
