// SPDX-License-Identifier: Apache-2.0

/// Zero-terminated strings that others refer to by their offset.
package struct StringTable: ~Escapable {
    let bytes: RawSpan
    let part: ELFError.Part

    /// Views bytes as a string table.
    ///
    /// - Parameters:
    ///   - bytes: the table's contents.
    ///   - part: where the table is, for errors.
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan, part: ELFError.Part) {
        self.bytes = bytes
        self.part = part
    }

    /// The table's size.
    package var byteCount: Int { bytes.byteCount }

    /// The text at an offset that came from a file.
    ///
    /// - Throws: `ELFError.invalidString` if it does not end within the table or is not UTF-8.
    package func text(at offset: UInt64) throws(ELFError) -> String {
        // gABI: index 0 is the empty string, even of a table without contents.
        guard offset > 0 else { return "" }
        guard let position = Int(exactly: offset), let text = bytes.zeroTerminatedText(at: position) else {
            throw .invalidString(part, offset: offset)
        }
        return text
    }
}
