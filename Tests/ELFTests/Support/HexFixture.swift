// SPDX-License-Identifier: Apache-2.0

/// The bytes of hexadecimal text in which `#` starts a comment.
func bytes(hexadecimal text: String) throws -> [UInt8] {
    var digits: [Character] = []
    for line in text.split(separator: "\n") {
        digits += line.prefix { $0 != "#" }.filter { !$0.isWhitespace }
    }
    return try stride(from: 0, to: digits.count, by: 2).map { position in
        guard position + 1 < digits.count, let byte = UInt8(String(digits[position...position + 1]), radix: 16) else {
            throw FixtureError.notHexadecimal(position: position)
        }
        return byte
    }
}

/// A fixture that is not what it should be.
enum FixtureError: Error {
    case notHexadecimal(position: Int)
    case toolFailed(command: [String], status: Int32, output: String)
}

extension [UInt8] {
    /// Writes a little-endian number over the bytes at an offset.
    mutating func overwrite<Number: FixedWidthInteger>(at offset: Int, with number: Number) {
        for position in 0..<MemoryLayout<Number>.size {
            self[offset + position] = UInt8(truncatingIfNeeded: number >> (position * 8))
        }
    }

    /// These bytes with a little-endian number written over those at an offset.
    func with<Number: FixedWidthInteger>(_ number: Number, at offset: Int) -> [UInt8] {
        var changed = self
        changed.overwrite(at: offset, with: number)
        return changed
    }
}
