// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What of a patched unit goes into the live patch: what changed, and what it needs that does not exist yet.
struct PieceSelection {
    let diff: KernelUnitDiff
    /// The chosen pieces, in the unit's order.
    private(set) var pieces: [Int] = []
    /// What is in the way.
    private(set) var obstacles: [KernelObstacle]
    private var chosen: Set<Int> = []

    /// Follows all that changed functions refer to.
    ///
    /// - Throws: ``KernelRefusal`` for references that cannot be carried.
    init(_ diff: KernelUnitDiff) throws(KernelRefusal) {
        self.diff = diff
        obstacles = diff.obstacles
        let unit = diff.patched
        // What another unit may call must come along, too.
        var waiting = Array(
            diff.changed.union(diff.added.filter { unit.pieces[$0].isGlobal }).union(diff.addedData)
                .union(diff.callbacks.map(\.piece)))
        chosen = Set(waiting)
        while let piece = waiting.popLast() {
            for used in try uses(of: piece) where !chosen.contains(used) && isNew(used, for: piece) {
                chosen.insert(used)
                waiting.append(used)
            }
        }
        pieces = chosen.sorted()
        for piece in pieces where unit.isEntangled(piece) {
            obstacles.append(
                KernelObstacle(
                    kind: .sharedSection, unit: unit.name, symbol: unit.title(of: piece),
                    section: unit.sectionName(of: piece)))
        }
    }

    func contains(_ piece: Int) -> Bool { chosen.contains(piece) }

    /// The pieces that a piece and the records about it refer to.
    private func uses(of piece: Int) throws(KernelRefusal) -> [Int] {
        let unit = diff.patched
        var references = try unit.references(in: unit.pieces[piece].section, unit.pieces[piece].range)
        for position in unit.recordsOfPiece[piece] {
            let record = unit.records[position]
            for reference in try unit.references(in: record.section, record.range) {
                references.append(reference)
                guard case .replacement(let holder) = reference.target else { continue }
                references += try unit.references(
                    in: holder, unit.replacement(of: record, at: reference.addend, in: holder))
            }
        }
        return references.compactMap { if case .piece(let used) = $0.target { used } else { nil } }
    }

    /// Whether the live patch must bring a piece, since the running kernel has none, or a copy does as well.
    private mutating func isNew(_ piece: Int, for user: Int) -> Bool {
        let part = diff.patched.pieces[piece]
        let isKnown = diff.pairing.partner[piece] != nil
        func obstruct(_ kind: KernelObstacle.Kind) {
            obstacles.append(
                KernelObstacle(
                    kind: kind, unit: diff.patched.name, symbol: diff.patched.title(of: piece),
                    section: diff.patched.section(part.section).name,
                    facts: ["used by \(diff.patched.title(of: user))"]))
        }
        switch part.role {
        case .fragments: return true
        case .code: return !isKnown
        case .constants, .variables:
            if diff.patched.isCopied(piece) { return true }
            if diff.pairing.ambiguous.contains(piece) { obstruct(.ambiguousVariable) }
            return !isKnown
        case .initialization:
            obstruct(.freedTarget)
            return false
        case .table: return !isKnown
        case .merged, .special, .replacements, .ignored: return false
        }
    }
}
