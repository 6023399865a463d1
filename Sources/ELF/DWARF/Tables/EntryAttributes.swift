// SPDX-License-Identifier: Apache-2.0

/// The attributes of one entry that this module knows.
struct EntryAttributes: Sendable {
    private var values: [(name: DW_AT, value: AttributeValue)] = []

    /// An attribute's value, or nil if the entry does not have it.
    subscript(name: DW_AT) -> AttributeValue? { values.first { $0.name == name }?.value }

    mutating func append(_ value: AttributeValue, as name: DW_AT) { values.append((name, value)) }
}

extension EntryAttributes {
    /// A number that is never negative; one that is counts as none.
    func unsigned(_ name: DW_AT) -> UInt64? {
        switch self[name] {
        case .unsigned(let number)?, .offset(let number)?: number
        case .signed(let number)?: UInt64(exactly: number)
        default: nil
        }
    }

    /// Whether a flag is set.
    func flag(_ name: DW_AT) -> Bool { unsigned(name).map { $0 != 0 } ?? false }
}
