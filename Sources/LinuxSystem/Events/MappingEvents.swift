// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The events of all processors: every new executable mapping of the machine, in containers too.
///
/// The kernel writes them as they happen (`PERF_COUNT_SW_DUMMY` counts nothing). What is not read in time is lost, and it
/// tells so.
package struct MappingEvents: ~Copyable {
    /// Whether the kernel tells build IDs (Linux 5.12).
    package let hasBuildIDs: Bool
    private var rings: RingList
    private let pages: Int
    /// What tells of other processors; nil where it cannot be had.
    private let processors: ProcessorEvents?
    /// When it is looked after them where nothing does.
    private var processorsDue = MonotonicInstant.now

    /// How often it is looked after other processors where nothing tells of them.
    private static let processorInterval = Duration.seconds(5)

    /// Opens the events.
    ///
    /// - Parameters:
    ///   - mayHaveBuildIDs: Whether build IDs are asked for; without, it is as with an older kernel.
    ///   - pages: How many pages the records of a processor have until they are read, a power of two.
    /// - Throws: The call that failed: `EACCES` or `EPERM` without the right to see all processes
    ///   (CAP_PERFMON, CAP_SYS_ADMIN or `kernel.perf_event_paranoid` below 0), `ENOSYS` or `ENOENT` where there are none.
    package init(mayHaveBuildIDs: Bool = true, pages: Int = Self.standardPages) throws(SystemError) {
        self.pages = pages
        // Before the rings, so that no change comes in between.
        processors = try? ProcessorEvents()
        do throws(SystemError) {
            rings = try RingList(withBuildIDs: mayHaveBuildIDs, pages)
            hasBuildIDs = mayHaveBuildIDs
        } catch {
            guard mayHaveBuildIDs, error.number == .invalid else { throw error }
            rings = try RingList(withBuildIDs: false, pages)
            hasBuildIDs = false
        }
    }

    /// Some 4,000 records of each processor: as much as the kernel gives to everybody (`kernel.perf_event_mlock_kb`).
    package static let standardPages = 128

    /// Waits until there are events, or something can be read from another descriptor, or time is over.
    ///
    /// - Returns: Whether something can be read from the other descriptor.
    package func wait(orFor other: borrowing OwnedDescriptor, atMost limit: Duration?) throws(SystemError) -> Bool {
        guard let processors else {
            return try isReadable(other, among: rings.descriptors, limit ?? Self.processorInterval)
        }
        return try isReadable(other, among: rings.descriptors + [processors.socket.rawValue], limit)
    }

    /// Whether processors have been switched on or off since; what happens on a new one is not told.
    package mutating func areOutdated() throws(SystemError) -> Bool {
        // One that was switched off and on again has lost its ring.
        if let processors { return try processors.read() }
        guard processorsDue <= .now else { return false }
        processorsDue = .now.advanced(by: Self.processorInterval)
        return try Processors.online() != rings.processors
    }

    /// The events of the processors that are there now, in the same way; what happened in between is not told.
    package consuming func reopened() throws(SystemError) -> MappingEvents {
        try MappingEvents(mayHaveBuildIDs: hasBuildIDs, pages: pages)
    }

    /// Takes out what has been told so far.
    package mutating func read(_ body: (MappingEvent) -> Void) { rings.read(body) }
}

/// Waits until something can be read from one of some descriptors, for some time; nil stands for ever.
///
/// - Returns: Whether it is the first of them.
package func isReadable(
    _ first: borrowing OwnedDescriptor, among others: [Int32] = [], _ limit: Duration?
) throws(SystemError) -> Bool {
    var polled = ([first.rawValue] + others).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let milliseconds = limit.map {
        Int32(clamping: $0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000)
    }
    // Safety: the call reads and writes the array, which is as long as it is told.
    let result = unsafe poll(&polled, nfds_t(polled.count), milliseconds ?? -1)
    guard result >= 0 || ErrorNumber.current == .interrupted else { throw SystemError("poll", .current) }
    return polled[0].revents != 0
}

/// The rings of all processors; they own what they are made of and cannot be copied, so that they form a list.
private struct RingList: ~Copyable {
    private final class Node {
        var ring: EventRing
        let next: Node?

        init(_ ring: consuming EventRing, _ next: Node?) {
            self.ring = ring
            self.next = next
        }
    }

    private let first: Node?
    let descriptors: [Int32]
    let processors: [Int32]

    init(withBuildIDs: Bool, _ pages: Int) throws(SystemError) {
        var first: Node?
        var descriptors: [Int32] = []
        let processors = try Processors.online()
        for processor in processors {
            do throws(SystemError) {
                let ring = try EventRing(processor: processor, withBuildIDs: withBuildIDs, pages: pages)
                descriptors.append(ring.descriptor.rawValue)
                first = Node(ring, first)
            } catch {
                // Switched off meanwhile.
                guard error.number == .noDevice else { throw error }
            }
        }
        self.first = first
        self.descriptors = descriptors
        self.processors = processors
    }

    mutating func read(_ body: (MappingEvent) -> Void) {
        var node = first
        while let present = node {
            present.ring.read(body)
            node = present.next
        }
    }
}
