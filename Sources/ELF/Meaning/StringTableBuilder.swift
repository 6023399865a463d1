// SPDX-License-Identifier: Apache-2.0

/// Collects the strings of a string table, each once.
struct StringTableBuilder {
    /// The table's contents so far; offset 0 is the empty string.
    private(set) var bytes: [UInt8] = [0]
    private var offsets: [String: UInt32] = ["": 0]

    /// The offset of a string, which is added if it is new.
    ///
    /// - Throws: `ELFError` if the string has a zero byte in it, or if the table gets too large for its offsets.
    mutating func offset(of text: String) throws(ELFError) -> UInt32 {
        if let offset = offsets[text] { return offset }
        guard !text.utf8.contains(0) else { throw .unwritableName(text) }
        guard let offset = UInt32(exactly: bytes.count) else {
            throw .tooLarge(.strings, size: UInt64(bytes.count))
        }
        offsets[text] = offset
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
        return offset
    }
}
