// SPDX-License-Identifier: Apache-2.0

/// A profile as `perf record` writes it, put together field by field.
struct SampleProfile {
    /// A record, with its header.
    var records: [[UInt8]]
    /// The contents of the sections behind the records, by the number of their bit.
    var sections: [Int: [UInt8]] = [3: Array("host".utf8), 21: [UInt8](repeating: 7, count: 16)]

    /// A number's bytes, the lowest first.
    static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// A record of a type.
    static func record(_ type: UInt32, flags miscellaneous: UInt16 = 2, _ contents: [UInt8]) -> [UInt8] {
        bytes(type) + bytes(miscellaneous) + bytes(UInt16(8 + contents.count)) + contents
    }

    /// The record of a mapping, `PERF_RECORD_MMAP2`, with a sample's 16 bytes at its end.
    static func mapping(
        _ range: Range<UInt64>, of process: Int32 = 7, _ name: String = "//anon", isData: Bool = false
    ) -> [UInt8] {
        var contents = bytes(process) + bytes(process) + bytes(range.lowerBound)
        contents += bytes(range.upperBound - range.lowerBound) + bytes(range.lowerBound)
        contents += [UInt8](repeating: 0xee, count: 24) + bytes(UInt32(isData ? 1 : 5)) + bytes(UInt32(2))
        return record(10, flags: isData ? 0x6002 : 0x4002, contents + padded(name) + sample)
    }

    /// The record of a mapping without an identity, `PERF_RECORD_MMAP`.
    static func oldMapping(_ range: Range<UInt64>, of process: Int32 = 7, _ name: String) -> [UInt8] {
        let place = bytes(range.lowerBound) + bytes(range.upperBound - range.lowerBound) + bytes(UInt64(0))
        return record(1, bytes(process) + bytes(process) + place + padded(name) + sample)
    }

    static let sample = [UInt8](repeating: 0xdd, count: 16)

    static func padded(_ name: String) -> [UInt8] {
        let name = Array(name.utf8) + [0]
        return name + [UInt8](repeating: 0, count: (8 - name.count % 8) % 8)
    }

    /// The file: header, attribute with its identifiers, records, list of sections, sections.
    var file: [UInt8] {
        let identifiers = Self.bytes(UInt64(99))
        let attribute = [UInt8](repeating: 1, count: 128) + Self.bytes(UInt64(104)) + Self.bytes(UInt64(8))
        let start = 104 + identifiers.count + attribute.count
        let data = records.flatMap { $0 }
        var bits = [UInt8](repeating: 0, count: 32)
        for feature in sections.keys { bits[feature / 8] |= 1 << (feature % 8) }
        var file = Array("PERFILE2".utf8) + Self.bytes(UInt64(104)) + Self.bytes(UInt64(144))
        file += Self.bytes(UInt64(112)) + Self.bytes(UInt64(144)) + Self.bytes(UInt64(start))
        file += Self.bytes(UInt64(data.count)) + [UInt8](repeating: 0, count: 16) + bits
        file += identifiers + attribute + data
        var place = file.count + sections.count * 16
        let ordered = sections.sorted { $0.key < $1.key }.map(\.value)
        for section in ordered {
            file += Self.bytes(UInt64(place)) + Self.bytes(UInt64(section.count))
            place += section.count
        }
        return file + ordered.flatMap { $0 }
    }
}

extension Array<UInt8> {
    /// These bytes, as a profile is read from.
    var rawSpan: RawSpan {
        @_lifetime(borrow self)
        get {
            // Safety: the elements are bytes already, without padding.
            unsafe span.bytes
        }
    }
}
