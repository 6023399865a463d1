// SPDX-License-Identifier: Apache-2.0

/// An address in another process: a number here, never a pointer.
package struct RemoteAddress: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The number.
    package let rawValue: UInt64

    /// The address with this number.
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The address with this number.
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The address some bytes further, modulo 2^64 as the processor counts.
    package func advanced(by count: UInt64) -> RemoteAddress { RemoteAddress(rawValue &+ count) }

    /// The signed distance to another address, modulo 2^64.
    package func distance(to other: RemoteAddress) -> Int64 { Int64(bitPattern: other.rawValue &- rawValue) }

    package var description: String { "0x" + String(rawValue, radix: 16) }

    package static func < (left: RemoteAddress, right: RemoteAddress) -> Bool { left.rawValue < right.rawValue }
}

extension Range<RemoteAddress> {
    /// The number of addresses in the range.
    package var size: UInt64 { upperBound.rawValue - lowerBound.rawValue }
}
