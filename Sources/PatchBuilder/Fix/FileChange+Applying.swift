// SPDX-License-Identifier: Apache-2.0

/// A line of the fixed text, and the line of the unfixed one that it was.
struct FixedLine: Equatable {
    var text: ArraySlice<UInt8>
    /// Counted from 1; nil for a line that the fix adds.
    var origin: Int?
}

extension FileChange {
    /// Makes the fixed text.
    ///
    /// Every line of context must agree to the byte: there is no fuzz.
    /// A hunk may stand elsewhere than its header says, as it does when the fix was made for a neighbouring version, but
    /// then its text must occur only once after the hunk before it.
    ///
    /// - Throws: `BuildError.hunkDoesNotApply` with the nearest place.
    func applied(to original: [ArraySlice<UInt8>]) throws(BuildError) -> [FixedLine] {
        var fixed: [FixedLine] = []
        var taken = 0
        var shift = 0
        func keep(upTo end: Int) {
            fixed += (taken..<end).map { FixedLine(text: original[$0], origin: $0 + 1) }
            taken = end
        }
        for (index, hunk) in hunks.enumerated() {
            let place = HunkPlace(file: newName, hunk: index + 1, fixLine: hunk.fixLine)
            let named = hunk.firstLine + shift
            let start = try hunk.position(in: original, from: taken, expecting: named, place: place)
            shift += start - named
            keep(upTo: start)
            for line in hunk.lines {
                switch line.mark {
                case .added: fixed.append(FixedLine(text: line.text[...], origin: nil))
                case .removed: taken += 1
                case .kept: keep(upTo: taken + 1)
                }
            }
        }
        keep(upTo: original.count)
        return fixed
    }
}

extension Hunk {
    /// The position, from 0, that the header names; a hunk without old lines goes *after* the line that it names.
    fileprivate var firstLine: Int { oldLines.isEmpty ? oldStart : oldStart - 1 }

    fileprivate func position(
        in original: [ArraySlice<UInt8>], from first: Int, expecting named: Int, place: HunkPlace
    ) throws(BuildError) -> Int {
        let old = oldLines
        if named >= first, Self.stands(old, at: named, in: original) { return named }
        guard !old.isEmpty else { throw .hunkDoesNotApply(place, .nowhere) }
        let matches = (first..<max(first, original.count)).filter { Self.stands(old, at: $0, in: original) }
        if matches.count == 1 { return matches[0] }
        throw .hunkDoesNotApply(place, mismatch(in: original, from: first, matches: matches, named: named))
    }

    private static func stands(_ lines: [ArraySlice<UInt8>], at position: Int, in text: [ArraySlice<UInt8>]) -> Bool {
        guard position >= 0, position <= text.count, lines.count <= text.count - position else { return false }
        return lines.indices.allSatisfy { lines[$0] == text[position + $0] }
    }

    private func mismatch(
        in original: [ArraySlice<UInt8>], from first: Int, matches: [Int], named: Int
    ) -> HunkMismatch {
        if !matches.isEmpty { return .ambiguous(lines: matches.map { $0 + 1 }) }
        let new = newLines
        let done = original.indices.filter { Self.stands(new, at: $0, in: original) }
        if let line = done.min(by: { abs($0 - named) < abs($1 - named) }), new.count > 1 {
            return .alreadyApplied(line: line + 1)
        }
        return nearest(in: original, named: named)
    }

    /// The place where most lines agree; of several, the one closest to the named line.
    private func nearest(in original: [ArraySlice<UInt8>], named: Int) -> HunkMismatch {
        let old = oldLines
        var best: (position: Int, score: Int)?
        for position in original.indices {
            let score = zip(old, original[position...]).count { $0 == $1 }
            let closer = best.map { abs(position - named) < abs($0.position - named) } ?? true
            if score > (best?.score ?? 0) || (score == best?.score && closer) { best = (position, score) }
        }
        guard let best else { return .nowhere }
        let agreeing = zip(old, original[best.position...]).prefix { $0 == $1 }.count
        guard agreeing < old.count else { return .nowhere }
        let line = best.position + agreeing
        return .nearest(
            line: best.position + 1, matching: best.score, of: old.count, differsAt: line + 1,
            expected: Lines.text(old[agreeing]), found: line < original.count ? Lines.text(original[line]) : nil)
    }
}
