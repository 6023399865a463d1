// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file of which offset 0 is mapped into this process.
struct MappedFile {
    let path: String
    let address: UInt64

    /// All of them, from `/proc/self/maps`.
    static func ofThisProcess() throws -> [MappedFile] {
        // The kernel gives the file in pieces, and says that it is empty: it is read to its end.
        let maps = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/maps"))
        defer { try? maps.close() }
        var text = Data()
        while let piece = try maps.read(upToCount: 65536), !piece.isEmpty { text += piece }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
            // 7f1200000000-7f1200028000 r--p 00000000 fe:01 1234    /lib/…
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6, UInt64(fields[2], radix: 16) == 0,
                let address = UInt64(fields[0].prefix { $0 != "-" }, radix: 16)
            else { return nil }
            return MappedFile(path: fields[5].trimmingCharacters(in: .whitespaces), address: address)
        }
    }

    /// Reads memory of this process.
    static func memory(at address: UInt64, count: Int) throws -> [UInt8] {
        let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/mem"))
        defer { try? memory.close() }
        try memory.seek(toOffset: address)
        return [UInt8](try memory.read(upToCount: count) ?? Data())
    }
}
