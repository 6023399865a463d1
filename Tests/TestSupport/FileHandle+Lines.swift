// SPDX-License-Identifier: Apache-2.0

package import Foundation

extension FileHandle {
    /// The next line without its end, which is waited for; nil if none comes any more.
    package func nextLine() -> String? {
        var line: [UInt8] = []
        while let byte = try? read(upToCount: 1)?.first {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }
}
