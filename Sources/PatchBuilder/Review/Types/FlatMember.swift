// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A member of a record, or of an anonymous structure or union within it.
struct FlatMember {
    /// Its name, as the source says it.
    var name: String
    /// Its type.
    var type: TypeID
    /// Its first bit; nil if that is not constant.
    var bitOffset: UInt64?
    /// How many bits it has; nil if that is not known.
    var bitCount: UInt64?
    /// Whether it is a bit field.
    var isBitField: Bool

    /// Its place, as facts name it: bytes, or bits for a bit field.
    var place: String {
        guard let bitOffset else { return "no constant offset" }
        return isBitField || bitOffset % 8 != 0 ? "bit \(bitOffset)" : "offset \(bitOffset / 8)"
    }

    /// Its size, as facts name it.
    var size: String { size(inBits: isBitField) }

    /// Its size in bits, or in bytes where these are whole.
    func size(inBits: Bool) -> String {
        guard let bitCount else { return "no constant size" }
        let isCountedInBits = inBits || bitCount % 8 != 0
        let count = isCountedInBits ? bitCount : bitCount / 8
        return "\(count) \(isCountedInBits ? "bit" : "byte")" + (count == 1 ? "" : "s")
    }

    /// Whether it shares bits with another one.
    func overlaps(_ other: FlatMember) -> Bool {
        guard let start = bitOffset, let count = bitCount, let otherStart = other.bitOffset,
            let otherCount = other.bitCount
        else { return false }
        let end = start.addingReportingOverflow(count)
        let otherEnd = otherStart.addingReportingOverflow(otherCount)
        guard !end.overflow, !otherEnd.overflow else { return true }
        return start < otherEnd.partialValue && otherStart < end.partialValue
    }
}

extension TypeGraph {
    /// The members of a record in order, with those of anonymous structures and unions in their places.
    func flatMembers(of record: RecordType) throws(TypeComparison.Excess) -> [FlatMember] {
        var members: [FlatMember] = []
        try append(record, at: 0, to: &members, depth: 0)
        return members
    }

    private func append(
        _ record: RecordType, at base: UInt64?, to members: inout [FlatMember], depth: Int
    ) throws(TypeComparison.Excess) {
        guard depth < TypeComparison.depthLimit else { throw TypeComparison.Excess() }
        for member in record.members {
            guard members.count < TypeComparison.memberLimit else { throw TypeComparison.Excess() }
            let offset = member.bitOffset.flatMap { start in
                base.flatMap { base in
                    let (sum, overflow) = base.addingReportingOverflow(start)
                    return overflow ? nil : sum
                }
            }
            if member.name == nil, !member.isBase, case .record(let inner) = self[stripped(member.type).id] {
                try append(inner, at: offset, to: &members, depth: depth + 1)
                continue
            }
            let name = member.name ?? (member.isBase ? "base class " + spelling(of: member.type) : "(unnamed)")
            members.append(
                FlatMember(
                    name: name, type: member.type, bitOffset: offset,
                    bitCount: member.bitSize ?? bitCount(of: member.type), isBitField: member.bitSize != nil))
        }
    }

    private func bitCount(of type: TypeID) -> UInt64? {
        guard let bytes = byteSize(of: type) else { return nil }
        let (bits, overflow) = bytes.multipliedReportingOverflow(by: 8)
        return overflow ? nil : bits
    }
}
