// SPDX-License-Identifier: Apache-2.0

/// The first place where built code and shipped code differ.
package struct CodeDifference: Hashable, Sendable {
    /// Bytes from the beginning of the built section.
    package var offset: UInt64
    /// The address in the shipped file.
    package var address: TargetAddress
    /// Up to 16 built bytes from there.
    package var expected: [UInt8]
    /// As many shipped bytes.
    package var found: [UInt8]
}
