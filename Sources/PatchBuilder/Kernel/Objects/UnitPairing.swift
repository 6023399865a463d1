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
    /// Pieces of the patched build that may be one of several that the original build has.
    private(set) var ambiguous: Set<Int> = []

    init(original: KernelUnit, patched: KernelUnit) throws(KernelRefusal) {
        self.original = original
        self.patched = patched
        pairByName()
        pairClones()
        pairColdParts()
        pairPlaces()
        pairStatics()
    }

    mutating func pair(_ mine: Int, _ theirs: Int) {
        partner[mine] = theirs
        successor[theirs] = mine
    }

    mutating func markAmbiguous(_ piece: Int) { ambiguous.insert(piece) }

    /// Equal names, unless the compiler has numbered them and the role says that numbers mean nothing.
    ///
    /// Names in which macros have put a counter are told apart by their order.
    private mutating func pairByName() {
        func named(_ unit: KernelUnit) -> [Key: [Int]] {
            var named: [Key: [Int]] = [:]
            for piece in unit.pieces.indices where !unit.isCopied(piece) {
                guard let key = Key(unit.pieces[piece]) else { continue }
                named[key, default: []].append(piece)
            }
            return named
        }
        let theirs = named(original)
        for (key, mine) in named(patched) {
            guard let others = theirs[key] else { continue }
            if mine.count == others.count {
                for (piece, other) in zip(mine, others) { pair(piece, other) }
                continue
            }
            for piece in mine {
                let other = others.first { original.pieces[$0].name == patched.pieces[piece].name }
                guard let other, successor[other] == nil else { continue }
                pair(piece, other)
            }
        }
    }

    private struct Key: Hashable {
        var name: String
        var role: KernelSectionRole

        init?(_ piece: KernelPiece) {
            guard let name = piece.name else { return nil }
            if piece.role.isData, CompilerName.isNumbered(name) { return nil }
            if piece.isFunction, CompilerName.isClone(name) { return nil }
            self.name = piece.isFunction ? name : CompilerName.stem(name)
            // A constant may become a variable, and the other way round; it is one datum all the same.
            role = piece.role.isData ? .variables : piece.role
        }
    }

    /// Clones of functions: the only ones of their stem, else those with the same code, else those with the same name.
    private mutating func pairClones() {
        func clones(_ unit: KernelUnit) -> [String: [Int]] {
            let found = unit.pieces.indices.filter { piece in
                guard unit.pieces[piece].isFunction, let name = unit.pieces[piece].name else { return false }
                return CompilerName.isClone(name) && FunctionName(name).parent == nil
            }
            return Dictionary(grouping: found) { unit.pieces[$0].name.map(CompilerName.stem) ?? "" }
        }
        let theirs = clones(original)
        for (stem, all) in clones(patched) {
            guard var others = theirs[stem] else { continue }
            if all.count == 1, others.count == 1 {
                pair(all[0], others[0])
                continue
            }
            var mine = all
            for piece in all {
                let shape = FunctionShape(of: piece, in: patched)
                guard let other = others.first(where: { FunctionShape(of: $0, in: original) == shape }) else {
                    continue
                }
                pair(piece, other)
                mine.removeAll { $0 == piece }
                others.removeAll { $0 == other }
            }
            // With one left on each side there is no doubt.
            let isClear = mine.count == 1 && others.count == 1
            for piece in mine {
                let name = patched.pieces[piece].name
                guard let other = isClear ? others.first : others.first(where: { original.pieces[$0].name == name })
                else { continue }
                pair(piece, other)
                if !isClear { ambiguous.insert(piece) }
            }
        }
    }

    /// The seldom run part of a function is paired as the function is.
    private mutating func pairColdParts() {
        func parts(_ unit: KernelUnit) -> [String: [Int]] {
            var parts: [String: [Int]] = [:]
            for piece in unit.pieces.indices where unit.pieces[piece].isFunction {
                guard let parent = unit.pieces[piece].name.flatMap({ FunctionName($0).parent }) else { continue }
                parts[parent, default: []].append(piece)
            }
            return parts
        }
        func functions(_ unit: KernelUnit) -> [String: Int] {
            var functions: [String: Int] = [:]
            for piece in unit.pieces.indices where unit.pieces[piece].isFunction {
                for symbol in unit.pieces[piece].symbols { functions[symbol.name] = piece }
            }
            return functions
        }
        let parents = functions(patched)
        let theirs = parts(original)
        for (name, mine) in parts(patched) where mine.count == 1 {
            guard let other = parents[name].flatMap({ partner[$0] }) else { continue }
            let found = original.pieces[other].symbols.compactMap { theirs[$0.name] }.first
            guard let found, found.count == 1 else { continue }
            pair(mine[0], found[0])
        }
    }

    /// Data without a name, and tables: the only ones of their section's name.
    private mutating func pairPlaces() {
        func nameless(_ unit: KernelUnit) -> [String: [Int]] {
            let found = unit.pieces.indices.filter { unit.pieces[$0].name == nil && !unit.isCopied($0) }
            return Dictionary(grouping: found) { unit.sectionName(of: $0) }
        }
        let theirs = nameless(original)
        for (name, mine) in nameless(patched) {
            guard mine.count == 1, let other = theirs[name], other.count == 1 else { continue }
            pair(mine[0], other[0])
        }
    }

    /// What a piece of the original build is called in both.
    func identityInOriginal(_ piece: Int) -> PieceReference.Target {
        guard original.isCopied(piece) else { return .existing(piece) }
        return original.copyIdentity(of: piece) { .existing($0) }
    }

    /// What a piece of the patched build is called in both.
    func identityInPatched(_ piece: Int) -> PieceReference.Target {
        func named(_ piece: Int) -> PieceReference.Target { partner[piece].map { .existing($0) } ?? .added(piece) }
        guard patched.isCopied(piece) else { return named(piece) }
        return patched.copyIdentity(of: piece, identify: named)
    }
}

/// A function without what two builds number anew: its code, and the names of what other units have.
private struct FunctionShape: Equatable {
    var bytes: [UInt8]
    var names: [UInt64: String] = [:]

    init(of piece: Int, in unit: KernelUnit) {
        let part = unit.pieces[piece]
        bytes = unit.plainBytes(of: piece)
        for relocation in unit.relocations(in: part.section, part.range) {
            let offset = relocation.offset - part.range.lowerBound
            let width = UInt64(FieldShape(relocation.type)?.width ?? 0)
            for position in offset..<offset + width where position < UInt64(bytes.count) { bytes[Int(position)] = 0 }
            guard unit.object.symbols.indices.contains(relocation.symbol.rawValue) else { continue }
            let symbol = unit.object.symbols[relocation.symbol.rawValue]
            names[offset] = symbol.place == .undefined ? symbol.name : ""
        }
    }
}
