// SPDX-License-Identifier: Apache-2.0

internal import ELF
package import LinuxSystem

extension LoadedFile {
    /// The files of which a process has executable mappings.
    ///
    /// A file counts where its first bytes are mapped too; what is no ELF file for x86-64 is left out.
    package static func all(
        in map: MemoryMap, of memory: borrowing ProcessMemory
    ) throws(SystemError) -> [LoadedFile] {
        var files: [LoadedFile] = []
        for header in headers(in: map) {
            if let file = try LoadedFile(headerAt: header, in: map, of: memory) { files.append(file) }
        }
        return files
    }

    /// The mappings that begin with a file's first byte, of files that are executable from there on.
    private static func headers(in map: MemoryMap) -> [Mapping] {
        var headers: [Mapping] = []
        var latest: [Mapping.File: Mapping] = [:]
        for mapping in map.mappings where mapping.file.inode != 0 {
            if mapping.offset == 0 { latest[mapping.file] = mapping }
            if mapping.isExecutableFile, let header = latest.removeValue(forKey: mapping.file) {
                headers.append(header)
            }
        }
        return headers
    }

    private init?(headerAt header: Mapping, in map: MemoryMap, of memory: borrowing ProcessMemory) throws(SystemError) {
        let start = header.range.lowerBound
        let bytes = try memory.readAvailable(Int(min(header.range.size, Self.pageSize)), at: start)
        guard let image = try? LoadedImage(firstBytes: bytes), let bias = image.loadBias(mappedAt: start.rawValue)
        else { return nil }
        let loads = image.segments.filter { $0.type == .load }
        guard let last = loads.last, let end = image.addresses(of: last, loadBias: bias)?.upperBound,
            start.rawValue < end
        else { return nil }
        loadBias = bias
        range = start..<RemoteAddress(end)
        path = header.name
        executable = map.mappings.filter {
            $0.file == header.file && $0.isExecutableFile && $0.range.lowerBound >= start
                && $0.range.lowerBound.rawValue < end
        }
        padding = loads.filter { $0.flags.contains(.execute) && $0.fileSize == $0.memorySize }.compactMap {
            Self.padding(behind: $0, bias: bias)
        }
        unwindIndex = image.segments.first { $0.type == .unwindIndex }
            .flatMap { image.addresses(of: $0, loadBias: bias) }
            .map { RemoteAddress($0.lowerBound)..<RemoteAddress($0.upperBound) }
        buildID = try Self.buildID(image, bias: bias, start: start, bytes: bytes, memory: memory)
    }

    private static let pageSize: UInt64 = 4096
    private static let noteSizeLimit: UInt64 = 64 << 10

    private static func padding(behind segment: Segment, bias: UInt64) -> Range<RemoteAddress>? {
        let end = bias &+ segment.virtualAddress &+ segment.fileSize
        let (pageEnd, overflow) = end.addingReportingOverflow(pageSize - 1)
        guard !overflow else { return nil }
        return RemoteAddress(end)..<RemoteAddress(pageEnd & ~(pageSize - 1))
    }

    private static func buildID(
        _ image: LoadedImage, bias: UInt64, start: RemoteAddress, bytes: [UInt8], memory: borrowing ProcessMemory
    ) throws(SystemError) -> BuildID? {
        for note in image.noteSegments where note.fileSize <= noteSizeLimit {
            let address = RemoteAddress(bias &+ note.virtualAddress)
            let offset = start.distance(to: address)
            let size = Int(note.fileSize)
            // Most notes lie in the first page, which has been read.
            let contents =
                offset >= 0 && offset <= Int64(bytes.count - size)
                ? Array(bytes[Int(offset)..<Int(offset) + size]) : try memory.readAvailable(size, at: address)
            if let identity = BuildID(notes: contents, alignment: note.alignment) { return identity }
        }
        return nil
    }
}
