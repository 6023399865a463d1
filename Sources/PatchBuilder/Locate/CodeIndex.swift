// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The code of a shipped file, with the places of every eight bytes in it: made once, and asked for every unit.
struct CodeIndex {
    /// A run of code.
    struct Range {
        /// The address of its first byte.
        var address: TargetAddress
        /// Its bytes.
        var bytes: [UInt8]
        fileprivate var table: PlaceTable
    }

    /// The runs of code, in the order of the file.
    let ranges: [Range]
    /// The addresses of the symbols that the file itself tells.
    let definitions: [String: Set<TargetAddress>]

    /// Indexes the code of a file: its executable sections, or without a section table its executable segments.
    init(of target: ObjectFile) {
        let sections = target.sections.filter { $0.flags.contains(.execute) && $0.flags.contains(.allocate) }
        var runs = sections.map { ($0.address, $0.contents) }
        if sections.isEmpty {
            runs = target.segments.filter { $0.type == .load && $0.flags.contains(.execute) }.compactMap { segment in
                target.bytes(atAddress: segment.virtualAddress, count: Int(clamping: segment.fileSize)).map {
                    (segment.virtualAddress, $0)
                }
            }
        }
        ranges = runs.map { address, contents in
            let bytes = Array(contents)
            return Range(address: TargetAddress(rawValue: address), bytes: bytes, table: PlaceTable(of: bytes))
        }
        var definitions: [String: Set<TargetAddress>] = [:]
        for symbol in target.dynamicSymbols + target.symbols where symbol.kind == .function {
            guard case .section = symbol.place else { continue }
            definitions[symbol.name, default: []].insert(TargetAddress(rawValue: symbol.value))
        }
        self.definitions = definitions
    }
}

extension CodeIndex.Range {
    /// The offsets at which a pattern is, in ascending order.
    func offsets(of pattern: CodePattern, alignedTo alignment: Int) -> [Int] {
        guard !pattern.anchor.isEmpty, pattern.bytes.count <= bytes.count else { return [] }
        let base = Int(truncatingIfNeeded: address.rawValue & 0xfff)
        return starts(of: pattern).filter { start in
            (base + start) % alignment == 0 && pattern.firstDifference(in: bytes[start...]) == nil
        }
    }

    /// The place where most of a pattern's beginning matches, among those where some of its bytes are.
    func nearest(to pattern: CodePattern) -> (offset: Int, matching: Int)? {
        guard !pattern.anchor.isEmpty, pattern.bytes.count <= bytes.count else { return nil }
        var best: (offset: Int, matching: Int)?
        for start in starts(of: pattern) {
            let matching = pattern.firstDifference(in: bytes[start...]) ?? pattern.bytes.count
            if matching > best?.matching ?? -1 { best = (start, matching) }
        }
        return best
    }

    /// Where a pattern would begin if the rarest eight bytes of its anchor are its; an anchor that is shorter is searched
    /// byte by byte.
    private func starts(of pattern: CodePattern) -> [Int] {
        let last = bytes.count - pattern.bytes.count
        guard pattern.anchor.count >= PlaceTable.width else {
            let needle = pattern.bytes[pattern.anchor]
            return (0...last).filter { start in
                bytes[start + pattern.anchor.lowerBound] == needle[needle.startIndex]
                    && bytes[start + pattern.anchor.lowerBound..<start + pattern.anchor.upperBound].elementsEqual(
                        needle)
            }
        }
        var rarest: (offset: Int, places: ArraySlice<UInt32>)?
        let probes = pattern.anchor.lowerBound...pattern.anchor.upperBound - PlaceTable.width
        for offset in probes.prefix(Self.probeLimit) {
            let places = table.places(like: pattern.bytes[offset..<offset + PlaceTable.width])
            if places.count < rarest?.places.count ?? .max { rarest = (offset, places) }
        }
        guard let rarest else { return [] }
        let wanted = pattern.bytes[rarest.offset..<rarest.offset + PlaceTable.width]
        return rarest.places.map { Int($0) - rarest.offset }.filter { start in
            start >= 0 && start <= last
                && bytes[start + rarest.offset..<start + rarest.offset + PlaceTable.width].elementsEqual(wanted)
        }
    }

    /// How many places of an anchor are weighed against each other.
    private static let probeLimit = 64
}

/// For the hash of every eight bytes of a text the places of those bytes, in ascending order.
private struct PlaceTable {
    /// How many bytes are hashed together.
    static let width = 8

    /// Where the places of each hash begin in `places`; one more for the end.
    private var starts: [UInt32]
    private var places: [UInt32]
    private let shift: UInt64

    init(of bytes: [UInt8]) {
        let count = max(0, min(bytes.count, Int(UInt32.max) - 1) - Self.width + 1)
        // About as many hashes as a quarter of the places, so that a table takes little more than the places do.
        let bits = max(4, 62 - UInt64(max(count, 1)).leadingZeroBitCount)
        shift = UInt64(64 - bits)
        starts = Array(repeating: 0, count: (1 << bits) + 1)
        places = Array(repeating: 0, count: count)
        guard count > 0 else { return }
        var key = Self.key(bytes[..<Self.width])
        for place in 0..<count {
            starts[hash(key) + 1] += 1
            if place + Self.width < bytes.count { key = key >> 8 | UInt64(bytes[place + Self.width]) << 56 }
        }
        for position in 1..<starts.count { starts[position] += starts[position - 1] }
        var next = starts
        key = Self.key(bytes[..<Self.width])
        for place in 0..<count {
            let bucket = hash(key)
            places[Int(next[bucket])] = UInt32(truncatingIfNeeded: place)
            next[bucket] += 1
            if place + Self.width < bytes.count { key = key >> 8 | UInt64(bytes[place + Self.width]) << 56 }
        }
    }

    /// The places of bytes with the hash of some bytes.
    func places(like bytes: ArraySlice<UInt8>) -> ArraySlice<UInt32> {
        let bucket = hash(Self.key(bytes))
        return places[Int(starts[bucket])..<Int(starts[bucket + 1])]
    }

    private func hash(_ key: UInt64) -> Int {
        // Fibonacci hashing: the upper bits of a product with 2^64 over the golden ratio.
        Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> shift)
    }

    private static func key(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
