// SPDX-License-Identifier: Apache-2.0

/// Lays two sequences side by side so that equal elements stand beside each other, in order.
///
/// Elements that occur once on each side are the anchors (patience diff, B. Cohen); between them, and where there are
/// none, the longest common subsequence decides, as long as the two stretches are short enough for its table.
struct Alignment<Element: Hashable> {
    /// A pair of positions, one of which is nil where the other side has nothing of the kind.
    struct Pair: Hashable {
        var old: Int?
        var new: Int?
    }

    /// The pairs in order; each position of either side is in one of them.
    private(set) var pairs: [Pair] = []
    private let old: [Element]
    private let new: [Element]

    /// How many cells a table of the longest common subsequence may have.
    private static var longestTable: Int { 4_000_000 }

    /// Aligns two sequences.
    init(_ old: [Element], _ new: [Element]) {
        self.old = old
        self.new = new
        align(old.indices, new.indices)
    }

    private mutating func align(_ before: Range<Int>, _ after: Range<Int>) {
        var (before, after) = (before, after)
        while let first = before.first, let other = after.first, old[first] == new[other] {
            pairs.append(Pair(old: first, new: other))
            (before, after) = (before.dropFirst(), after.dropFirst())
        }
        var equalEnd: [Pair] = []
        while let last = before.last, let other = after.last, old[last] == new[other] {
            equalEnd.append(Pair(old: last, new: other))
            (before, after) = (before.dropLast(), after.dropLast())
        }
        alignDifferent(before, after)
        pairs += equalEnd.reversed()
    }

    private mutating func alignDifferent(_ before: Range<Int>, _ after: Range<Int>) {
        guard !before.isEmpty, !after.isEmpty else { return append(before, after) }
        let anchors = anchors(before, after)
        guard anchors.isEmpty else {
            var (oldStart, newStart) = (before.lowerBound, after.lowerBound)
            for anchor in anchors {
                align(oldStart..<anchor.old, newStart..<anchor.new)
                pairs.append(Pair(old: anchor.old, new: anchor.new))
                (oldStart, newStart) = (anchor.old + 1, anchor.new + 1)
            }
            return align(oldStart..<before.upperBound, newStart..<after.upperBound)
        }
        guard before.count * after.count <= Self.longestTable else { return append(before, after) }
        alignByTable(before, after)
    }

    /// What has no partner: old elements, then new ones.
    private mutating func append(_ before: Range<Int>, _ after: Range<Int>) {
        pairs += before.map { Pair(old: $0, new: nil) } + after.map { Pair(old: nil, new: $0) }
    }

    /// The longest ascending run of elements that occur once on each side.
    private func anchors(_ before: Range<Int>, _ after: Range<Int>) -> [(old: Int, new: Int)] {
        let mine = uniquePositions(of: old, in: before)
        let theirs = uniquePositions(of: new, in: after)
        let shared = mine.compactMap { element, position in theirs[element].map { (old: position, new: $0) } }
            .sorted { $0.old < $1.old }
        // Patience sorting: the top card of each pile, and for each card the one below it in the pile to the left.
        var piles: [Int] = []
        var previous: [Int?] = []
        for (index, card) in shared.enumerated() {
            let pile = Self.firstPile(in: piles) { shared[$0].new > card.new }
            previous.append(pile > 0 ? piles[pile - 1] : nil)
            if pile < piles.count { piles[pile] = index } else { piles.append(index) }
        }
        var run: [(old: Int, new: Int)] = []
        var next = piles.last
        while let index = next {
            run.append(shared[index])
            next = previous[index]
        }
        return run.reversed()
    }

    /// The first pile whose top card fits; the tops ascend.
    private static func firstPile(in piles: [Int], where fits: (Int) -> Bool) -> Int {
        var range = piles.startIndex..<piles.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = fits(piles[middle]) ? range.lowerBound..<middle : middle + 1..<range.upperBound
        }
        return range.lowerBound
    }

    private func uniquePositions(of elements: [Element], in range: Range<Int>) -> [Element: Int] {
        var positions: [Element: Int?] = [:]
        for position in range {
            positions[elements[position]] = positions[elements[position]] == nil ? position : .some(nil)
        }
        return positions.compactMapValues(\.self)
    }

    /// The longest common subsequence by dynamic programming.
    private mutating func alignByTable(_ before: Range<Int>, _ after: Range<Int>) {
        let width = after.count + 1
        var lengths = [UInt32](repeating: 0, count: (before.count + 1) * width)
        for row in (0..<before.count).reversed() {
            for column in (0..<after.count).reversed() {
                let isEqual = old[before.lowerBound + row] == new[after.lowerBound + column]
                lengths[row * width + column] =
                    isEqual
                    ? lengths[(row + 1) * width + column + 1] + 1
                    : max(lengths[(row + 1) * width + column], lengths[row * width + column + 1])
            }
        }
        var (row, column) = (0, 0)
        while row < before.count, column < after.count {
            let (first, other) = (before.lowerBound + row, after.lowerBound + column)
            if old[first] == new[other] {
                pairs.append(Pair(old: first, new: other))
                (row, column) = (row + 1, column + 1)
            } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
                pairs.append(Pair(old: first, new: nil))
                row += 1
            } else {
                pairs.append(Pair(old: nil, new: other))
                column += 1
            }
        }
        append(before.dropFirst(row), after.dropFirst(column))
    }
}
