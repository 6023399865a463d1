// SPDX-License-Identifier: Apache-2.0

/// What the first page of a program or library in a process's memory says about the rest.
///
/// The memory belongs to the process and may hold anything: nothing in it is believed without a check.
package struct LoadedImage: Hashable, Sendable {
    /// What the file says about itself as a whole.
    package let header: FileHeader
    /// The segments.
    package let segments: [Segment]

    /// Reads the file header and the program headers.
    ///
    /// - Parameter firstBytes: memory from where offset 0 of the file is mapped; a page has always been enough.
    /// - Throws: `ELFError` if this is not the start of an x86-64 ELF file, and `ELFError.truncated` with the bytes
    ///   needed if the program headers reach beyond the bytes given.
    package init(firstBytes: RawSpan) throws(ELFError) {
        let header = try Elf64_Ehdr(parsing: firstBytes)
        let table = try firstBytes.programHeaders(header)
        self.header = FileHeader(header)
        segments = table.indices.map { Segment(table[$0]) }
    }

    /// Reads the file header and the program headers.
    ///
    /// - Parameter firstBytes: memory from where offset 0 of the file is mapped; a page has always been enough.
    /// - Throws: `ELFError` if this is not the start of an x86-64 ELF file, and `ELFError.truncated` with the bytes
    ///   needed if the program headers reach beyond the bytes given.
    package init(firstBytes: [UInt8]) throws(ELFError) {
        try self.init(firstBytes: firstBytes.rawSpan)
    }

    /// The segments that hold notes, one of which has the build ID.
    package var noteSegments: [Segment] {
        segments.filter { $0.type == .note }
    }

    /// What to add to link-time virtual addresses to get those of the process.
    ///
    /// - Parameter address: where offset 0 of the file is mapped.
    /// - Returns: the load bias, or nil if no segment has offset 0 of the file, or if this address cannot be its place.
    package func loadBias(mappedAt address: UInt64) -> UInt64? {
        let first = segments.first { $0.type == .load && $0.offset.pageStart == 0 && $0.fileSize > 0 }
        guard let first, first.virtualAddress.pageOffset == first.offset.pageOffset, address.pageOffset == 0 else {
            return nil
        }
        // The kernel places a file without looking at its own addresses: below them, the bias is negative, modulo 2^64.
        return address &- first.virtualAddress.pageStart
    }

    /// Where a segment is in the process.
    ///
    /// - Parameters:
    ///   - segment: one of `segments`.
    ///   - loadBias: what `loadBias(mappedAt:)` gave.
    /// - Returns: its addresses, or nil if they go beyond the end of the address space.
    package func addresses(of segment: Segment, loadBias: UInt64) -> Range<UInt64>? {
        let start = segment.virtualAddress &+ loadBias
        let (end, overflow) = start.addingReportingOverflow(segment.memorySize)
        return overflow ? nil : start..<end
    }
}

extension UInt64 {
    /// The start of the page that holds this address; x86-64 pages are 4 KiB.
    fileprivate var pageStart: UInt64 { self & ~0xfff }
    /// The distance from the start of the page.
    fileprivate var pageOffset: UInt64 { self & 0xfff }
}
