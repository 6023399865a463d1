// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The ring in which the kernel tells the events of one processor.
@safe struct EventRing: ~Copyable {
    let descriptor: OwnedDescriptor
    // Safety: mapped in `init`, `1 + dataPages` pages long, unmapped in `deinit`.
    private let start: UnsafeMutableRawPointer
    private var tail: UInt64 = 0

    private static let pageSize = 4096
    /// A power of two: some 4,000 records.
    private static let dataPages = 128
    private static var dataSize: Int { dataPages * pageSize }

    /// Opens the events of a processor.
    init(processor: Int32, withBuildIDs: Bool) throws(SystemError) {
        let descriptor = OwnedDescriptor(
            try checked("perf_event_open", clinux_open_mapping_events(processor, withBuildIDs ? 1 : 0)))
        // Safety: a new mapping of the descriptor; MAP_FAILED is checked before it is used.
        let address = unsafe mmap(
            nil, Self.pageSize + Self.dataSize, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.rawValue, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SystemError("mmap", .current, on: .path("perf_event"))
        }
        self.descriptor = descriptor
        unsafe start = unsafe address
    }

    deinit {
        // Safety: the mapping is ours, and of this length.
        _ = unsafe munmap(start, Self.pageSize + Self.dataSize)
    }

    /// Takes the records out that the kernel has written so far.
    mutating func read(_ body: (MappingEvent) -> Void) {
        // Safety: the first page is mapped for as long as this value lives.
        let head = unsafe clinux_ring_head(start)
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
            let offset = Int((position &+ UInt64(index)) % UInt64(Self.dataSize))
            // Safety: the data begins behind the first page, and the offset is within it.
            return unsafe start.load(fromByteOffset: Self.pageSize + offset, as: UInt8.self)
        }
    }
}
