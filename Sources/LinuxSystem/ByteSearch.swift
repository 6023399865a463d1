// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Whether a text occurs in bytes, which are text of the kernel's, before the first zero byte.
///
/// The C library looks through the millions of bytes of `/proc/kallsyms` in a thousandth of a second.
package func occurs(_ text: String, in bytes: [UInt8]) -> Bool {
    // Safety: the array ends with a zero byte, and both strings are only read during the call.
    unsafe (bytes + [0]).withUnsafeBytes { buffer in
        guard let start = unsafe buffer.bindMemory(to: CChar.self).baseAddress else { return false }
        return unsafe strstr(start, text) != nil
    }
}
