// SPDX-License-Identifier: Apache-2.0

/// A number's bytes, the lowest first, as x86-64 stores it.
package func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}
