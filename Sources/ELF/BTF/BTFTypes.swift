// SPDX-License-Identifier: Apache-2.0

/// What a kernel says about its structures (`.BTF`, Documentation/bpf/btf.rst): their names and sizes.
package struct BTFTypes: Sendable {
    /// The sizes of structures and unions, by name.
    package private(set) var recordSizes: [String: UInt32] = [:]

    /// Reads a section `.BTF` that stands alone, as that of vmlinux does.
    ///
    /// - Parameter bytes: the section's contents.
    /// - Throws: `ELFError` if it is damaged.
    package init(parsing bytes: [UInt8]) throws(ELFError) {
        let part = ELFError.Part.section(SectionIndex(rawValue: 0), name: ".BTF")
        let span = bytes.rawSpan
        let header: BTFHeader = try span.record(at: 0, of: part)
        guard header.magic == 0xeb9f, header.version == 1 else { throw .brokenChain(part, offset: 0) }
        let start = UInt64(header.hdr_len)
        let types = try span.part(
            at: start + UInt64(header.type_off), size: UInt64(header.type_len), as: part)
        let strings = try span.part(
            at: start + UInt64(header.str_off), size: UInt64(header.str_len), as: part)
        var offset: UInt64 = 0
        while offset < UInt64(types.byteCount) {
            let type: BTFType = try types.record(at: offset, of: part)
            let kind = type.info >> 24 & 0x1f
            let count = UInt64(type.info & 0xffff)
            guard let more = Self.trailingSize(ofKind: kind, count: count) else {
                throw .brokenChain(part, offset: start + UInt64(header.type_off) + offset)
            }
            if kind == Self.structure || kind == Self.union, type.name_off > 0 {
                guard let name = strings.zeroTerminatedText(at: Int(type.name_off)) else {
                    throw .invalidString(part, offset: UInt64(type.name_off))
                }
                // Where a name stands for several structures, none of their sizes is believed.
                let size: UInt32 = type.size_or_type
                if let known = recordSizes[name], known != size {
                    recordSizes[name] = 0
                } else {
                    recordSizes[name] = size
                }
            }
            offset += UInt64(MemoryLayout<BTFType>.size) + more
        }
        recordSizes = recordSizes.filter { $0.value > 0 }
    }

    private static let structure: UInt32 = 4
    private static let union: UInt32 = 5

    /// How many bytes follow the head of a type; nil for a kind that is unknown here.
    private static func trailingSize(ofKind kind: UInt32, count: UInt64) -> UInt64? {
        switch kind {
        case 1, 14, 17: 4  // INT, VAR, DECL_TAG
        case 2, 7, 8, 9, 10, 11, 12, 16, 18: 0  // PTR, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FLOAT, TYPE_TAG
        case 3: 12  // ARRAY
        case 4, 5, 15, 19: 12 * count  // STRUCT, UNION, DATASEC, ENUM64
        case 6, 13: 8 * count  // ENUM, FUNC_PROTO
        default: nil
        }
    }
}

/// `struct btf_header`.
private struct BTFHeader: RawRecord {
    let magic: UInt16
    let version: UInt8
    let flags: UInt8
    let hdr_len: UInt32
    let type_off: UInt32
    let type_len: UInt32
    let str_off: UInt32
    let str_len: UInt32
}

/// `struct btf_type`.
private struct BTFType: RawRecord {
    let name_off: UInt32
    let info: UInt32
    let size_or_type: UInt32
}
