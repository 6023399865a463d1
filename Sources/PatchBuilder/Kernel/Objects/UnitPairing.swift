// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Which piece of the patched build is which of the original one.
///
/// Names alone do not tell: compilers number clones and static locals anew in each run.
struct UnitPairing {
    let original: KernelUnit
    let patched: KernelUnit
    /// For each piece of the patched build, that of the original one.
    private(set) var partner: [Int: Int] = [:]
    /// For each piece of the original build, that of the patched one.
    private(set) var successor: [Int: Int] = [:]
    /// Static variables that may be one of several that the original build has.
    private(set) var ambiguous: Set<Int> = []

    init(original: KernelUnit, patched: KernelUnit) throws(KernelRefusal) {
        self.original = original
        self.patched = patched
        pairByName()
        pairClones()
        pairPlaces()
        try pairStatics()
    }

    private mutating func pair(_ mine: Int, _ theirs: Int) {
        partner[mine] = theirs
        successor[theirs] = mine
    }

    /// Equal names, unless the compiler has numbered them and the role says that numbers mean nothing.
    private mutating func pairByName() {
        var named: [Key: Int] = [:]
        for piece in original.pieces.indices {
            guard let key = Key(original.pieces[piece]) else { continue }
            named[key] = piece
        }
        for piece in patched.pieces.indices {
            guard let key = Key(patched.pieces[piece]), let theirs = named[key] else { continue }
            pair(piece, theirs)
        }
    }

    private struct Key: Hashable {
        var name: String
        var role: KernelSectionRole

        init?(_ piece: KernelPiece) {
            guard let name = piece.name, !(piece.role.isData && CompilerName.isNumbered(name)) else { return nil }
            self.name = name
            // A constant may become a variable, and the other way round; it is one datum all the same.
            role = piece.role.isData ? .variables : piece.role
        }
    }

    /// Clones of functions of which each build has one of a stem that the other lacks.
    private mutating func pairClones() {
        func leftover(_ unit: KernelUnit, _ isPaired: (Int) -> Bool) -> [String: [Int]] {
            let left = unit.pieces.indices.filter { unit.pieces[$0].isFunction && !isPaired($0) }
            return Dictionary(grouping: left) { unit.pieces[$0].name.map(CompilerName.stem) ?? "" }
        }
        let theirs = leftover(original) { successor[$0] != nil }
        for (stem, mine) in leftover(patched, { partner[$0] != nil }) where !stem.isEmpty {
            guard mine.count == 1, let other = theirs[stem], other.count == 1 else { continue }
            pair(mine[0], other[0])
        }
    }

    /// Data without a name, and tables: the only ones of their section's name.
    private mutating func pairPlaces() {
        func nameless(_ unit: KernelUnit) -> [String: [Int]] {
            let found = unit.pieces.indices.filter { unit.pieces[$0].name == nil && !unit.isCopied($0) }
            return Dictionary(grouping: found) { unit.section(unit.pieces[$0].section).name }
        }
        let theirs = nameless(original)
        for (name, mine) in nameless(patched) {
            guard mine.count == 1, let other = theirs[name], other.count == 1 else { continue }
            pair(mine[0], other[0])
        }
    }

    /// Static locals: by their stem if each build has one, else by the functions that use them, in order of use.
    private mutating func pairStatics() throws(KernelRefusal) {
        func statics(_ unit: KernelUnit) -> [String: [Int]] {
            let found = unit.pieces.indices.filter { piece in
                unit.pieces[piece].role.isData && unit.pieces[piece].name.map(CompilerName.isNumbered) == true
                    && !unit.isCopied(piece)
            }
            return Dictionary(grouping: found) { unit.pieces[$0].name.map(CompilerName.stem) ?? "" }
        }
        let theirs = statics(original)
        let mine = statics(patched)
        guard !mine.isEmpty, !theirs.isEmpty else { return }
        let before = try uses(of: original) { $0 }
        let after = try uses(of: patched) { partner[$0] }
        for (stem, group) in mine {
            guard let others = theirs[stem] else { continue }
            if group.count == 1, others.count == 1 {
                pair(group[0], others[0])
                continue
            }
            var candidates = Dictionary(grouping: others) { before[$0] ?? [] }
            for (users, members) in Dictionary(grouping: group, by: { after[$0] ?? [] }) {
                guard let found = candidates[users], found.count == members.count else { continue }
                for (piece, other) in zip(members, found) { pair(piece, other) }
                candidates[users] = nil
            }
            guard !candidates.isEmpty else { continue }
            ambiguous.formUnion(group.filter { partner[$0] == nil })
        }
    }

    /// For each datum, the functions of the original build that use it.
    private func uses(
        of unit: KernelUnit, _ inOriginal: (Int) -> Int?
    ) throws(KernelRefusal) -> [Int: Set<Int>] {
        var users: [Int: Set<Int>] = [:]
        for piece in unit.pieces.indices where unit.pieces[piece].isFunction {
            // A function that only one build has tells nothing.
            guard let user = inOriginal(piece) else { continue }
            for reference in try unit.references(in: unit.pieces[piece].section, unit.pieces[piece].range) {
                guard case .piece(let used) = reference.target else { continue }
                users[used, default: []].insert(user)
            }
        }
        return users
    }

    /// What a piece of the original build is called in both.
    func identityInOriginal(_ piece: Int) -> PieceReference.Target {
        copyIdentity(of: piece, in: original) ?? .existing(piece)
    }

    /// What a piece of the patched build is called in both.
    func identityInPatched(_ piece: Int) -> PieceReference.Target {
        copyIdentity(of: piece, in: patched) ?? partner[piece].map { .existing($0) } ?? .added(piece)
    }

    private func copyIdentity(of piece: Int, in unit: KernelUnit) -> PieceReference.Target? {
        guard unit.isCopied(piece) else { return nil }
        let stem = unit.pieces[piece].name.map(CompilerName.stem) ?? ""
        // What tells once whether something was said is the same wherever it lies.
        let isState = unit.pieces[piece].role == .variables
        return .copy(isState ? stem : "", isState ? [] : unit.plainBytes(of: piece))
    }
}
