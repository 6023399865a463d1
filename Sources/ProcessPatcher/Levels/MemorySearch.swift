// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// The search for addresses in all that a process can write to, while it runs: any aligned word may be one.
@safe struct MemorySearch: ~Copyable {
    /// What is looked for.
    struct Sought: Hashable, Sendable {
        /// A patch's memory; what is in it tells nothing.
        let region: Range<RemoteAddress>
        /// The parts of it that a word may lead to.
        let parts: [Range<RemoteAddress>]
    }

    private let map: MemoryMap
    private let pages: PageTable
    // Safety: allocated in `init`, freed in `deinit`, never handed out beyond a call.
    private let buffer: UnsafeMutableRawBufferPointer

    /// How much is searched at most: more would cost the machine more than the patch's pages are worth.
    private static let limit: UInt64 = 256 << 20
    /// How many addresses a process may have that it can write to; their page table is read.
    private static let addressLimit: UInt64 = 64 << 30
    private static let chunk = 1 << 20

    /// Prepares the search in the mappings of a process.
    init(of memory: borrowing ProcessMemory, _ map: MemoryMap) throws(SystemError) {
        self.map = map
        pages = try PageTable(of: memory.process, through: memory.thread)
        unsafe buffer = .allocate(byteCount: Self.chunk, alignment: 16)
    }

    deinit {
        unsafe buffer.deallocate()
    }

    /// The regions into which some word outside of them leads; nil if the process has too much memory to find out.
    func led(
        to sought: [Sought], in memory: borrowing ProcessMemory
    ) throws(SystemError) -> Set<Range<RemoteAddress>>? {
        let writable = map.mappings.map { $0 }.filter { $0.permissions.contains(.write) }.map(\.range)
        guard writable.reduce(UInt64(0), { $0 &+ $1.size }) <= Self.addressLimit else { return nil }
        var existing: [Range<RemoteAddress>] = []
        for range in writable { existing += try pages.existing(in: range) }
        guard existing.reduce(UInt64(0), { $0 &+ $1.size }) <= Self.limit else { return nil }
        var found: Set<Range<RemoteAddress>> = []
        for range in existing {
            var address = range.lowerBound
            while address < range.upperBound {
                let count = Int(min(range.upperBound.rawValue - address.rawValue, UInt64(Self.chunk)))
                // Safety: `count` is at most the buffer's size.
                let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
                let read = unsafe try memory.read(into: part, at: address)
                unsafe search(UnsafeRawBufferPointer(rebasing: part[..<(read & ~7)]), at: address, for: sought, &found)
                // What was unmapped meanwhile holds nothing; a device's memory cannot be read, and holds no addresses.
                guard read == count else { break }
                address = address.advanced(by: UInt64(count))
            }
        }
        return found
    }

    private func search(
        _ words: UnsafeRawBufferPointer, at address: RemoteAddress, for sought: [Sought],
        _ found: inout Set<Range<RemoteAddress>>
    ) {
        let parts = sought.flatMap(\.parts)
        let lowest = parts.map(\.lowerBound.rawValue).min() ?? 0
        let width = (parts.map(\.upperBound.rawValue).max() ?? 0) &- lowest
        for offset in stride(from: 0, to: words.count, by: 8) {
            // Safety: eight bytes from `offset` on lie within the buffer, whose length is a multiple of eight.
            let word = unsafe words.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard word &- lowest <= width else { continue }
            let holder = address.advanced(by: UInt64(offset))
            for one in sought where !one.region.contains(holder) {
                // One past the end is an address of the last part, too.
                let isLed = one.parts.contains { word >= $0.lowerBound.rawValue && word <= $0.upperBound.rawValue }
                if isLed { found.insert(one.region) }
            }
        }
    }
}
