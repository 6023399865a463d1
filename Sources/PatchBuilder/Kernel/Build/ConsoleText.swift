// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What a virtual machine has printed.
enum ConsoleText {
    /// The data that were printed in base 64, among other lines; nil if they are not whole.
    static func base64(in console: [UInt8]) -> [UInt8]? {
        let text = String(decoding: console, as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).filter { line in
            !line.hasPrefix("[") && line.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+/=".contains($0)) }
        }
        return Data(base64Encoded: lines.joined()).map { [UInt8]($0) }
    }

    /// The lines, without what a terminal obeys.
    static func lines(of console: [UInt8]) -> [String] {
        String(decoding: console, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
            String(line.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 })
        }
    }
}
