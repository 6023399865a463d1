// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The ring in which the kernel tells the events of one processor.
@safe struct EventRing: ~Copyable {
    let descriptor: OwnedDescriptor
    // Safety: mapped in `init`, `1 + dataPages` pages long, unmapped in `deinit`.
    private let start: UnsafeMutableRawPointer
    private var tail: UInt64 = 0

    private let dataSize: Int

    private static let pageSize = 4096
    /// The longest record: a mapping with a path of 4,096 bytes.
    private static let longestRecord: UInt64 = 4096 + 128

    /// Opens the events of a processor.
    ///
    /// - Parameters:
    ///   - processor: Its number.
    ///   - withBuildIDs: Whether the kernel is to tell build IDs.
    ///   - pages: How many pages the records have, a power of two; a page holds some 30 of them.
    /// - Throws: The call that failed.
    init(processor: Int32, withBuildIDs: Bool, pages: Int) throws(SystemError) {
        dataSize = pages * Self.pageSize
        let descriptor = OwnedDescriptor(
            try checked("perf_event_open", clinux_open_mapping_events(processor, withBuildIDs ? 1 : 0)))
        // Safety: a new mapping of the descriptor; MAP_FAILED is checked before it is used.
        let address = unsafe mmap(
            nil, Self.pageSize + dataSize, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.rawValue, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SystemError("mmap", .current, on: .path("perf_event"))
        }
        self.descriptor = descriptor
        unsafe start = unsafe address
    }

    deinit {
        // Safety: the mapping is ours, and of this length.
        _ = unsafe munmap(start, Self.pageSize + dataSize)
    }

    /// Takes the records out that the kernel has written so far.
    ///
    /// The kernel tells that records were lost only with the next one of the processor, which may be long in coming. So
    /// that they may have been lost is told already where a long record would not have fitted any more.
    mutating func read(_ body: (MappingEvent) -> Void) {
        // Safety: the first page is mapped for as long as this value lives.
        let head = unsafe clinux_ring_head(start)
        if UInt64(dataSize) &- (head &- tail) < Self.longestRecord { body(.lost(0)) }
        while head &- tail >= 8 {
            let header = bytes(8, at: tail)
            let size = Int(header[6]) | Int(header[7]) << 8
            guard size >= 8, UInt64(size) <= head &- tail else {
                // The kernel writes no such record; nothing behind it can be told.
                body(.lost(0))
                tail = head
                break
            }
            if let event = MappingEvent(parsing: bytes(size, at: tail)) { body(event) }
            tail &+= UInt64(size)
        }
        // Safety: as above.
        unsafe clinux_ring_set_tail(start, tail)
    }

    private func bytes(_ count: Int, at position: UInt64) -> [UInt8] {
        (0..<count).map { index in
            let offset = Int((position &+ UInt64(index)) % UInt64(dataSize))
            // Safety: the data begins behind the first page, and the offset is within it.
            return unsafe start.load(fromByteOffset: Self.pageSize + offset, as: UInt8.self)
        }
    }
}
