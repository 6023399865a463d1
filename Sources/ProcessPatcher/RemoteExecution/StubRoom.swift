// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// The unused bytes behind the executable segments of a process, where a stub can lie.
///
/// A segment ends within a page; the rest of the page is executable too and nobody's.
enum StubRoom {
    /// Finds `size` bytes that are zero, aligned to sixteen.
    ///
    /// What a killed patcher left is not zero and is passed by.
    static func find(
        _ size: Int, in files: [LoadedFile], of memory: borrowing ProcessMemory
    ) throws(SystemError) -> RemoteAddress? {
        for padding in files.flatMap(\.padding) where padding.size >= UInt64(size) {
            let bytes = try memory.readAvailable(Int(padding.size), at: padding.lowerBound)
            let used = (bytes.lastIndex { $0 != 0 } ?? -1) + 1
            let start = (padding.lowerBound.rawValue + UInt64(used) + 15) & ~15
            let (end, overflow) = start.addingReportingOverflow(UInt64(size))
            if bytes.count == Int(padding.size), !overflow, end <= padding.upperBound.rawValue {
                return RemoteAddress(start)
            }
        }
        return nil
    }

    /// The stubs that killed patchers have left behind.
    static func leftovers(
        in files: [LoadedFile], of memory: borrowing ProcessMemory
    ) throws(SystemError) -> [Range<RemoteAddress>] {
        var leftovers: [Range<RemoteAddress>] = []
        for padding in files.flatMap(\.padding) where padding.size > UInt64(Stub.headerSize) {
            let bytes = try memory.readAvailable(Int(padding.size), at: padding.lowerBound)
            var offset = Int((16 - padding.lowerBound.rawValue % 16) % 16)
            while offset + Stub.headerSize <= bytes.count {
                let length = number(bytes[(offset + 8)..<(offset + 16)])
                if bytes[offset...].starts(with: Stub.mark), length >= 16, length <= UInt64(bytes.count - offset) {
                    let start = padding.lowerBound.advanced(by: UInt64(offset))
                    leftovers.append(start..<start.advanced(by: length))
                    offset += Int(length + 15) / 16 * 16
                } else {
                    offset += 16
                }
            }
        }
        return leftovers
    }
}
