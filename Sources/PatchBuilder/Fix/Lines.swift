// SPDX-License-Identifier: Apache-2.0

/// Lines as bytes: sources are in any encoding, and a fix must put back exactly what it took.
enum Lines {
    /// The lines with their line ends; the last one may have none.
    static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
            lines.append(bytes[start..<end])
            start = end
        }
        return lines
    }

    /// The line without `\n` or `\r\n`.
    static func withoutEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        if line.last == 0x0A { line.removeLast() }
        if line.last == 0x0D { line.removeLast() }
        return line
    }

    /// The line as text without its end, for comparing with words and for showing.
    static func text(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: withoutEnd(line), as: UTF8.self)
    }
}
