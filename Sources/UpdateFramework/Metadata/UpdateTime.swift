// SPDX-License-Identifier: Apache-2.0

/// A moment in whole seconds of UTC, as metadata states it.
///
/// The framework never asks a clock: every check takes the moment that its caller fixed when the update began.
package struct UpdateTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    package var secondsSince1970: Int64

    /// A moment by its seconds.
    package init(secondsSince1970: Int64) { self.secondsSince1970 = secondsSince1970 }

    /// Whether one moment is before another.
    package static func < (one: Self, other: Self) -> Bool { one.secondsSince1970 < other.secondsSince1970 }
}
