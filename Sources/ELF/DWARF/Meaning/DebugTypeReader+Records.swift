// SPDX-License-Identifier: Apache-2.0

extension DebugTypeReader {
    /// A structure, union or class.
    mutating func record(
        _ kind: RecordType.Kind, _ attributes: EntryAttributes, at entry: Int
    ) throws(ELFError) -> TypeDescription {
        if let definition = try definition(of: attributes, at: entry) { return definition }
        var record = RecordType(
            kind: kind, name: try information.name(of: attributes, at: entry),
            byteSize: attributes.unsigned(.byte_size), members: [])
        if attributes.flag(.declaration) { record.byteSize = nil }
        for child in information.index.children(of: entry) {
            let tag = information.index.entries[child].tag
            guard tag == .member || tag == .inheritance else { continue }
            let member = try information.attributes(of: child)
            // Static members of a class are variables.
            guard !member.flag(.external), !member.flag(.declaration) else { continue }
            let type = try type(of: member, at: child)
            record.members.append(
                RecordType.Member(
                    name: try information.text(.name, of: member, at: child), type: type,
                    bitOffset: try bitOffset(of: member, at: child, in: kind),
                    bitSize: member.unsigned(.bit_size), isBase: tag == .inheritance))
        }
        return .record(record)
    }

    /// If an entry only stands for a type in a type unit, that type under another name, so that it is compared as itself.
    private mutating func definition(
        of attributes: EntryAttributes, at entry: Int
    ) throws(ELFError) -> TypeDescription? {
        guard case .signature? = attributes[.signature] else { return nil }
        let target = try type(of: attributes, at: entry, .signature)
        return .alias(TypeName(name: ""), of: target)
    }

    /// Where a member begins; DWARF 5, 5.7.6.
    private func bitOffset(
        of member: EntryAttributes, at entry: Int, in kind: RecordType.Kind
    ) throws(ELFError) -> UInt64? {
        if let bits = member.unsigned(.data_bit_offset) { return bits }
        let bytes: UInt64
        switch member[.data_member_location] {
        case nil: bytes = 0
        case .block(let range)?:
            guard let constant = try information.constant(in: range) else { return nil }
            bytes = constant
        default:
            guard let number = member.unsigned(.data_member_location) else { return nil }
            bytes = number
        }
        let (bits, overflow) = bytes.multipliedReportingOverflow(by: 8)
        guard !overflow else { throw information.unexpectedValue(at: entry) }
        guard let fromTop = member.unsigned(.bit_offset), let size = member.unsigned(.bit_size) else { return bits }
        // Up to version 3, and in gcc up to version 10, counted from the most significant bit of the storage unit.
        var storage = member.unsigned(.byte_size)
        if storage == nil { storage = try storageSize(of: member, at: entry) }
        guard let storage, storage <= 16 else { return nil }
        // Negative in an unaligned bit field, whose storage unit is said to begin too late.
        return bits &+ storage &* 8 &- fromTop &- size
    }

    /// The size of a bit field's declared type, which is not in the graph yet.
    private func storageSize(of member: EntryAttributes, at entry: Int) throws(ELFError) -> UInt64? {
        var attributes = member
        var entry = entry
        for _ in 0..<32 {
            guard let next = try information.reference(.type, of: attributes, at: entry) else { return nil }
            attributes = try information.attributes(of: next)
            entry = next
            if let size = attributes.unsigned(.byte_size) { return size }
        }
        return nil
    }

    /// An enumeration.
    mutating func enumeration(_ attributes: EntryAttributes, at entry: Int) throws(ELFError) -> TypeDescription {
        if let definition = try definition(of: attributes, at: entry) { return definition }
        var enumeration = EnumerationType(
            name: try information.name(of: attributes, at: entry), byteSize: attributes.unsigned(.byte_size),
            enumerators: [])
        if attributes.flag(.declaration) { enumeration.byteSize = nil }
        for child in information.index.children(of: entry) where information.index.entries[child].tag == .enumerator {
            let enumerator = try information.attributes(of: child)
            guard let name = try information.text(.name, of: enumerator, at: child) else { continue }
            let value: Int64 =
                switch enumerator[.const_value] {
                case .signed(let number)?: number
                case .unsigned(let number)?: Int64(bitPattern: number)
                default: throw information.unexpectedValue(at: child)
                }
            enumeration.enumerators.append(.init(name: name, value: value))
        }
        return .enumeration(enumeration)
    }
}

extension DebugInformation {
    /// The value of an expression that is a constant distance, or nil if it is another one.
    fileprivate func constant(in range: Range<Int>) throws(ELFError) -> UInt64? {
        var cursor = try DebugCursor(sections.units, from: range.lowerBound, to: range.upperBound)
        guard !cursor.isAtEnd else { return nil }
        let operation: UInt8 = try cursor.number()
        guard operation == DW_OP_plus_uconst || operation == DW_OP_constu else { return nil }
        let value = try cursor.unsigned()
        return cursor.isAtEnd ? value : nil
    }
}
