// SPDX-License-Identifier: Apache-2.0

/// A section's position in the section header table; 0 is the reserved null section.
@usableFromInline
package struct SectionIndex: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The position.
    @usableFromInline package let rawValue: Int

    /// Wraps a position.
    @inlinable
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The position, in decimal.
    @usableFromInline package var description: String { String(rawValue) }

    /// Orders by position.
    @inlinable
    package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

/// A symbol's position in its symbol table; 0 is the reserved null symbol.
@usableFromInline
package struct SymbolIndex: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The position.
    @usableFromInline package let rawValue: Int

    /// Wraps a position.
    @inlinable
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The position, in decimal.
    @usableFromInline package var description: String { String(rawValue) }

    /// Orders by position.
    @inlinable
    package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }

    /// The null symbol, to which relocations refer that need none.
    package static let null = SymbolIndex(rawValue: 0)
}
