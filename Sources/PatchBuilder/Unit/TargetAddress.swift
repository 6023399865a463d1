// SPDX-License-Identifier: Apache-2.0

/// A link-time virtual address in the target file.
package struct TargetAddress: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The address; the process adds the load bias.
    package var rawValue: UInt64

    /// An address from its number.
    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The address some bytes on; addresses wrap as the processor's do.
    package func advanced(by distance: Int64) -> TargetAddress {
        TargetAddress(rawValue: rawValue &+ UInt64(bitPattern: distance))
    }

    package static func < (left: TargetAddress, right: TargetAddress) -> Bool { left.rawValue < right.rawValue }

    package var description: String { "0x" + String(rawValue, radix: 16) }
}
