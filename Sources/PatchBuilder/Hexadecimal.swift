// SPDX-License-Identifier: Apache-2.0

/// An address or an offset for people.
func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

/// Bytes for people, two digits each.
func hexadecimalBytes(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined(separator: " ")
}
