// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The way from a place to a part of it, and the name of what is there.
struct MemberPath {
    private let types: RecordTypes
    private var current: TypeKind
    /// The last record with a name, and the names from there on.
    private var record = ""
    private var names: [String] = []
    /// The members at the end of the way.
    private(set) var members: [Member] = []

    /// Records lie in records no deeper; a type that holds itself is no type of C.
    private static let depth = 32

    init(start: TypeKind, types: RecordTypes) {
        current = start
        self.types = types
    }

    /// Whether what is at the end is a record itself.
    var isRecord: Bool { types.record(of: current) != nil }

    mutating func follow() {
        current = types.target(of: current)
        record = ""
        names = []
        members = []
    }

    mutating func takeElement() { current = types.element(of: current) }

    mutating func enter(_ name: String) {
        // A member without a name: what is in it counts as the record's own.
        guard !name.hasPrefix("D.") else { return }
        let holder = types.record(of: current)
        if let known = holder?.name, !known.isEmpty {
            record = known
            names = []
        }
        names.append(name)
        members = [Member(record: record, name: names.joined(separator: "."))]
        current = holder?.record.flatMap { type(of: name, in: $0, Self.depth) } ?? .unknown
    }

    /// The members that some bits belong to.
    mutating func takeBits(first: Int, count: Int) {
        guard let holder = types.record(of: current) else { return }
        if !holder.name.isEmpty { (record, names) = (holder.name, []) }
        let bits = UInt64(clamping: first)..<UInt64(clamping: max(first, first.addingSaturating(count)))
        let found = holder.record.map { members(of: $0, at: 0, in: bits, names, record, Self.depth) } ?? []
        members = found.isEmpty ? [Member(record: record, name: "bits \(first)+\(count)")] : found
        current = .scalar
    }

    /// The record at the end with the records in it, each as a whole.
    func wholeRecords() -> [Member] {
        var found: [Member] = []
        collect(current, into: &found, Self.depth)
        return found
    }

    private func collect(_ kind: TypeKind, into found: inout [Member], _ depth: Int) {
        guard depth > 0 else { return }
        if let (record, name) = types.record(of: kind) {
            if !name.isEmpty { found.append(Member(record: name, name: "")) }
            for member in record?.members ?? [] { collect(.type(member.type), into: &found, depth - 1) }
        } else if types.isArray(kind) {
            collect(types.target(of: kind), into: &found, depth - 1)
        }
    }

    private func type(of name: String, in record: RecordType, _ depth: Int) -> TypeKind? {
        if let member = record.members.first(where: { $0.name == name }) { return .type(member.type) }
        guard depth > 0 else { return nil }
        for member in record.members where member.name == nil {
            guard let inner = types.record(of: .type(member.type))?.record else { continue }
            if let type = type(of: name, in: inner, depth - 1) { return type }
        }
        return nil
    }

    private func members(
        of holder: RecordType, at start: UInt64, in bits: Range<UInt64>, _ path: [String], _ record: String,
        _ depth: Int
    ) -> [Member] {
        guard depth > 0 else { return [] }
        return holder.members.flatMap { member -> [Member] in
            guard let offset = member.bitOffset, let size = types.bitSize(of: member) else { return [] }
            let (first, overflow) = start.addingReportingOverflow(offset)
            let (end, endOverflow) = first.addingReportingOverflow(size)
            guard !overflow, !endOverflow, first < bits.upperBound, bits.lowerBound < end else { return [] }
            let path = path + (member.name.map { [$0] } ?? [])
            guard let (inner, name) = types.record(of: .type(member.type)), let inner else {
                return [Member(record: record, name: path.joined(separator: "."))]
            }
            return members(
                of: inner, at: first, in: bits, name.isEmpty ? path : [], name.isEmpty ? record : name, depth - 1)
        }
    }
}

extension Int {
    fileprivate func addingSaturating(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
