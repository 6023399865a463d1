// SPDX-License-Identifier: Apache-2.0

import ELF

/// A file with any number of symbols.
enum SyntheticFile {
    /// Where its symbol table is.
    static let symbolTable = SectionIndex(rawValue: 2)

    /// Makes the file.
    ///
    /// Every other symbol is a function; the last one has the name "last", all others have one of 1,000 names.
    static func bytes(symbolCount: Int) throws -> [UInt8] {
        var names: [UInt8] = [0]
        var offsets: [UInt32] = []
        for number in 0..<1000 {
            offsets.append(UInt32(names.count))
            names += Array("SSL_function_number_\(number)\0".utf8)
        }
        let last = UInt32(names.count)
        names += Array("last\0".utf8)

        var symbols: [UInt8] = []
        symbols.reserveCapacity(symbolCount * 24)
        for index in 0..<symbolCount {
            // Names are not in the table's order, as in a real file.
            let name = index == 0 ? 0 : index == symbolCount - 1 ? last : offsets[index * 7919 % 1000]
            append(UInt64(name) | UInt64(index % 2 + 0x11) << 32 | 1 << 48, to: &symbols)
            append(UInt64(index) * 64, to: &symbols)
            append(48, to: &symbols)
        }

        var writer = ObjectWriter(type: .relocatable)
        let strings = writer.add(SectionDraft(name: ".strtab", type: .stringTable, contents: names))
        _ = writer.add(
            SectionDraft(
                name: ".symtab", type: .symbolTable, alignment: 8, entrySize: 24, link: .section(strings), info: 1,
                contents: symbols))
        return try writer.write()
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> (byte * 8))) }
    }
}
