// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension KernelFidelity {
    /// A function of a file, with what its references are to by position among the file's pieces.
    typealias Shape = (contents: PieceContents, unit: KernelUnit)

    /// Whether a function of a unit is one of a module, whose fields refer to the same things.
    static func areEqual(_ mine: Shape, _ theirs: Shape) -> Bool {
        guard mine.contents.bytes == theirs.contents.bytes, mine.contents.size == theirs.contents.size,
            mine.contents.references.count == theirs.contents.references.count
        else { return false }
        return mine.contents.references.allSatisfy { offset, reference in
            theirs.contents.references[offset].map { areEqual(reference, in: mine.unit, $0, in: theirs.unit) } ?? false
        }
    }

    /// Whether two references are to the same: to what has a name in common, at the same distance.
    ///
    /// Names are compared as sets. What has no size, as a lock's class has none in most configurations, lies where the next
    /// unit's first variable is as soon as the module is linked.
    private static func areEqual(
        _ mine: PieceReference, in unit: KernelUnit, _ theirs: PieceReference, in module: KernelUnit
    ) -> Bool {
        guard mine.type == theirs.type else { return false }
        guard let names = place(of: mine, in: unit), let others = place(of: theirs, in: module) else {
            return mine == theirs
        }
        // Constants without a name move when units are linked.
        if names.names.isEmpty, others.names.isEmpty { return true }
        return names.distance == others.distance && !names.names.isDisjoint(with: others.names)
    }

    /// The names of what a reference is to, and how far behind the named place; nil for what is compared as it is.
    private static func place(
        of reference: PieceReference, in unit: KernelUnit
    ) -> (names: Set<String>, distance: Int64)? {
        switch reference.target {
        case .external(let name): return ([name], reference.addend)
        case .existing(let number):
            let piece = unit.pieces[number]
            let room = Int64(bitPattern: piece.entry &- piece.range.lowerBound)
            return (Set(piece.symbols.map(\.name)), reference.addend &- room)
        case .added, .copy, .part, .replacement, .unsupported: return nil
        }
    }
}
