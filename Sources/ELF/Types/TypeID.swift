// SPDX-License-Identifier: Apache-2.0

/// A type's position in its ``TypeGraph``.
package struct TypeID: RawRepresentable, Hashable, Sendable {
    /// The position.
    package let rawValue: Int

    /// Wraps a position.
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The type without values, which every graph has.
    package static let void = TypeID(rawValue: 0)
}
