// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LinuxSystem

/// The call frame information of a process's files: the indexes, read while the process runs.
///
/// Entries are read when they are needed, from a process that stands still: a file that was replaced since the index
/// was read has none where the index says, or one about other addresses.
struct CallFrames {
    private struct File {
        let range: Range<RemoteAddress>
        let index: CallFrameIndex
    }

    private let files: [File]

    /// What an index may have at most, in bytes: a million functions.
    private static let indexLimit: UInt64 = 8 << 20
    /// What is read of an entry at first; nearly all have less.
    private static let chunk = 256

    /// Reads the indexes; a file without one, or with one of another form, is as good as absent.
    init(of files: [LoadedFile], in memory: borrowing ProcessMemory) throws(SystemError) {
        var found: [File] = []
        for file in files {
            guard let place = file.unwindIndex, place.size <= Self.indexLimit else { continue }
            let bytes = try memory.readAvailable(Int(place.size), at: place.lowerBound)
            guard let index = CallFrameIndex(bytes, at: place.lowerBound.rawValue) else { continue }
            found.append(File(range: file.range, index: index))
        }
        self.files = found
    }

    /// What is told about an instruction; nil if nothing is.
    func row(
        at instruction: UInt64, _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> (row: CallFrameRow, isSignalFrame: Bool)? {
        guard let file = files.first(where: { $0.range.contains(RemoteAddress(instruction)) }),
            let address = file.index.entry(for: instruction),
            let bytes = try Self.entry(at: address, memory),
            let commonAddress = CallFrameEntry.common(of: bytes, at: address),
            let commonBytes = try Self.entry(at: commonAddress, memory),
            let common = CallFrameCommon(commonBytes, at: commonAddress),
            let entry = CallFrameEntry(bytes, at: address, common: common),
            let row = CallFrameRow(at: instruction, in: entry)
        else { return nil }
        return (row, common.isSignalFrame)
    }

    /// The bytes of an entry, and perhaps some behind it.
    private static func entry(at address: UInt64, _ memory: borrowing ProcessMemory) throws(SystemError) -> [UInt8]? {
        let bytes = try memory.readAvailable(chunk, at: RemoteAddress(address))
        guard let size = CallFrameEntry.size(of: bytes) else { return nil }
        return size <= bytes.count ? bytes : try memory.readAvailable(size, at: RemoteAddress(address))
    }
}
