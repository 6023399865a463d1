// SPDX-License-Identifier: Apache-2.0

/// Memory without a file that a profile tells of.
package struct RecordedMapping: Hashable, Sendable {
    /// Where the profile tells of it, for ``PerfDataFile/copy(renaming:write:)``.
    package let place: Place
    /// The number of the process.
    package let process: Int32
    /// The addresses.
    package let range: Range<UInt64>
    /// Whether it can be executed.
    package let isExecutable: Bool
    /// `//anon`, as the kernel says of new mappings, or `[anon:NAME]`, as `/proc/PID/maps` says of those that were there.
    package let name: String

    /// A place in a profile.
    package struct Place: Hashable, Sendable, Comparable {
        let offset: Int

        package static func < (left: Place, right: Place) -> Bool { left.offset < right.offset }
    }
}

extension PerfDataFile {
    /// The memory without files that the profile tells of, in the order in which it does.
    ///
    /// - Throws: ``PerfDataError`` for a record that makes no sense.
    package func anonymousMappings() throws(PerfDataError) -> [RecordedMapping] {
        var mappings: [RecordedMapping] = []
        try forEachRecord { record throws(PerfDataError) in
            guard let layout = MappingLayout(record.type) else { return }
            guard record.range.count > layout.name else { throw .badRecord(offset: UInt64(record.range.lowerBound)) }
            // Files have an absolute path: nothing is copied of these, of which there are many.
            guard isAnonymous(at: record.range.lowerBound + layout.name) else { return }
            let name = try layout.name(of: record, in: bytes)
            let start = bytes.number(at: record.range.lowerBound + MappingLayout.start, as: UInt64.self)
            let size = bytes.number(at: record.range.lowerBound + MappingLayout.size, as: UInt64.self)
            let (end, overflow) = start.addingReportingOverflow(size)
            guard !overflow, size > 0 else { return }
            mappings.append(
                RecordedMapping(
                    place: RecordedMapping.Place(offset: record.range.lowerBound),
                    process: bytes.number(at: record.range.lowerBound + MappingLayout.process, as: Int32.self),
                    range: start..<end, isExecutable: record.miscellaneous & PerfRecord.isData == 0,
                    name: String(decoding: name, as: UTF8.self)))
        }
        return mappings
    }

    private func isAnonymous(at offset: Int) -> Bool {
        let first = bytes.number(at: offset, as: UInt8.self)
        let second = bytes.number(at: offset + 1, as: UInt8.self)
        return first == UInt8(ascii: "[") && second == UInt8(ascii: "a")
            || first == UInt8(ascii: "/") && second == UInt8(ascii: "/")
    }
}

/// Where a mapping's record has its fields, in bytes from its beginning.
struct MappingLayout {
    /// Where the name begins, which zeros fill up to eight bytes.
    let name: Int

    static let process = 8
    static let start = 16
    static let size = 24
    static let fileOffset = 32
    /// Device, number and generation of the file, or its build ID; only behind these are protection and flags.
    static let identity = 40..<64
    /// The longest `struct sample_id`, which ends a record: thread, time, identifier, stream, processor, identifier.
    private static let longestSample = 48

    /// The layout of a type of records; nil for one that tells of no mapping.
    init?(_ type: UInt32) {
        switch type {
        case PerfRecord.mapping: name = 40
        case PerfRecord.mappingWithIdentity: name = 72
        default: return nil
        }
    }

    /// Whether the record tells the file's identity.
    var hasIdentity: Bool { name > Self.identity.upperBound }

    /// The name that a record tells.
    ///
    /// - Throws: ``PerfDataError/badRecord(offset:)`` if it does not end, or what is behind it makes no sense.
    func name(of record: PerfRecord, in bytes: RawSpan) throws(PerfDataError) -> [UInt8] {
        let rest = bytes.copied(record.range.lowerBound + name..<record.range.upperBound)
        guard let end = rest.firstIndex(of: 0) else { throw .badRecord(offset: UInt64(record.range.lowerBound)) }
        let sample = rest.count - Self.paddedSize(ofName: end)
        guard sample >= 0, sample <= Self.longestSample, sample.isMultiple(of: 8) else {
            throw .badRecord(offset: UInt64(record.range.lowerBound))
        }
        return Array(rest[..<end])
    }

    /// What a name takes, with the zero that ends it.
    static func paddedSize(ofName count: Int) -> Int { (count + 8) & ~7 }
}
