// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// Finds free places for a patch near its target.
///
/// What the process itself will want to grow into is left alone: the gap above its heap, and what lies below its main
/// stack. A page on either side stays free, so that no neighbour's overrun meets the patch.
package struct HoleFinder: Sendable {
    private let map: MemoryMap
    private let heapEnd: RemoteAddress

    private static let pageSize: UInt64 = 4096
    /// The least address of user space that a process may map without privilege (`vm.mmap_min_addr`).
    private static let lowest: UInt64 = 0x1_0000
    /// The end of user space with four levels of page tables, where the kernel puts what did not ask for more.
    private static let highest: UInt64 = 0x7fff_ffff_f000
    /// What the main stack may still need: sixteen times its usual limit.
    private static let stackReserve: UInt64 = 128 << 20
    /// How far a `rel32` can reach at least, whatever is between.
    private static let reach: UInt64 = 1 << 31

    /// Prepares the search in a process.
    ///
    /// - Parameters:
    ///   - map: The process's mappings.
    ///   - heapStart: Where its heap begins, as `ProcessIdentity.heapStart`; used if it has not grown yet.
    package init(in map: MemoryMap, heapStart: RemoteAddress) {
        self.map = map
        heapEnd = map.mapping(named: "[heap]")?.range.upperBound ?? heapStart
    }

    /// The places for `size` bytes, the nearest to the target first, each in a gap of its own.
    package func places(for size: UInt64, near target: Range<RemoteAddress>) -> [Range<RemoteAddress>] {
        let (whole, overflow) = size.addingReportingOverflow(2 * Self.pageSize)
        guard !overflow, size > 0 else { return [] }
        return gaps().filter { $0.size >= whole }
            .map { place(for: size, in: $0, near: target) }
            .filter { span($0, target) < Self.reach }
            .sorted { span($0, target) < span($1, target) }
    }

    /// The gaps between mappings, without what is set aside.
    func gaps() -> [Range<RemoteAddress>] {
        var gaps: [Range<RemoteAddress>] = []
        var end = RemoteAddress(Self.lowest)
        for mapping in map.mappings {
            append(end, mapping.range.lowerBound, below: mapping, to: &gaps)
            end = max(end, mapping.range.upperBound)
        }
        append(end, RemoteAddress(Self.highest), below: nil, to: &gaps)
        return gaps
    }

    private func append(
        _ start: RemoteAddress, _ end: RemoteAddress, below neighbour: Mapping?, to gaps: inout [Range<RemoteAddress>]
    ) {
        var end = min(end, RemoteAddress(Self.highest))
        if neighbour?.name == "[stack]" {
            end = RemoteAddress(end.rawValue - min(end.rawValue, Self.stackReserve))
        }
        guard start < end, !(start..<end).contains(heapEnd) else { return }
        gaps.append(start..<end)
    }

    private func place(
        for size: UInt64, in gap: Range<RemoteAddress>, near target: Range<RemoteAddress>
    ) -> Range<RemoteAddress> {
        let start =
            gap.upperBound <= target.lowerBound
            ? gap.upperBound.rawValue - Self.pageSize - size : gap.lowerBound.rawValue + Self.pageSize
        return RemoteAddress(start)..<RemoteAddress(start + size)
    }

    /// From the first address of either to the last.
    private func span(_ place: Range<RemoteAddress>, _ target: Range<RemoteAddress>) -> UInt64 {
        max(place.upperBound, target.upperBound).rawValue - min(place.lowerBound, target.lowerBound).rawValue
    }
}
