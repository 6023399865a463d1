// SPDX-License-Identifier: Apache-2.0

/// What a column holds; the two kinds that both databases keep in the same way.
package enum SQLValue: Hashable, Sendable {
    /// Nothing.
    case null
    /// A whole number of 64 bits: counts, and seconds since 1970.
    case integer(Int64)
    /// A text.
    case text(String)

    /// A text, or nothing.
    package static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }
    /// A number, or nothing.
    package static func optional(_ number: Int64?) -> SQLValue { number.map(SQLValue.integer) ?? .null }
}

extension String {
    /// The text with U+FFFD for zero bytes, which one database refuses, and the other ends a text at.
    var withoutZeroBytes: String { utf8.contains(0) ? replacing("\0", with: "\u{fffd}") : self }
}

/// A row of a result.
package struct SQLRow: Hashable, Sendable {
    /// The values, in the order of the columns that were asked for.
    package var values: [SQLValue]

    /// A row.
    package init(_ values: [SQLValue]) { self.values = values }

    /// A text.
    ///
    /// - Throws: `StoreError.damaged`.
    package func text(_ column: Int) throws(StoreError) -> String {
        guard case .text(let text) = try value(column) else { throw .damaged(column: column) }
        return text
    }

    /// A text, or nil.
    ///
    /// - Throws: `StoreError.damaged`.
    package func optionalText(_ column: Int) throws(StoreError) -> String? {
        try value(column) == .null ? nil : try text(column)
    }

    /// A number.
    ///
    /// - Throws: `StoreError.damaged`.
    package func integer(_ column: Int) throws(StoreError) -> Int64 {
        guard case .integer(let number) = try value(column) else { throw .damaged(column: column) }
        return number
    }

    /// A number, or nil.
    ///
    /// - Throws: `StoreError.damaged`.
    package func optionalInteger(_ column: Int) throws(StoreError) -> Int64? {
        try value(column) == .null ? nil : try integer(column)
    }

    /// What a function makes of a text.
    ///
    /// - Throws: `StoreError.damaged` where it makes nothing of it.
    package func read<Value>(_ column: Int, _ make: (String) -> Value?) throws(StoreError) -> Value {
        guard let value = make(try text(column)) else { throw .damaged(column: column) }
        return value
    }

    private func value(_ column: Int) throws(StoreError) -> SQLValue {
        guard values.indices.contains(column) else { throw .damaged(column: column) }
        return values[column]
    }
}
