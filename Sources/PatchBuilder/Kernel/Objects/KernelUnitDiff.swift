// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What differs between two builds of a unit.
struct KernelUnitDiff {
    let pairing: UnitPairing
    /// The functions of the patched build that replace one, with those that are part of them (`.cold`).
    private(set) var changed: Set<Int> = []
    /// Parts that come with a changed function and are as they were.
    private(set) var carried: Set<Int> = []
    /// The functions that only the patched build has.
    private(set) var added: Set<Int> = []
    /// The variables and constants that only the patched build has, and other units may use.
    private(set) var addedData: Set<Int> = []
    /// The names of the functions that only the original build has.
    private(set) var removed: [String] = []
    /// What the author wants to be called when the patch comes and goes.
    private(set) var callbacks: [KernelCallback] = []
    /// What the author has left out.
    private(set) var ignored: [String] = []
    /// What cannot be done to a running kernel.
    private(set) var obstacles: [KernelObstacle] = []

    var original: KernelUnit { pairing.original }
    var patched: KernelUnit { pairing.patched }
    /// Whether the patched build has nothing that the kernel lacks.
    var isEmpty: Bool {
        changed.isEmpty && obstacles.isEmpty && callbacks.isEmpty && addedData.isEmpty
            && !added.contains { patched.pieces[$0].isGlobal }
    }

    private let ignoredSections: Set<String>

    /// Compares two builds.
    ///
    /// - Throws: ``KernelRefusal`` if one cannot be read.
    init(from original: KernelUnit, to patched: KernelUnit) throws(KernelRefusal) {
        pairing = try UnitPairing(original: original, patched: patched)
        ignoredSections = try patched.ignoredSections()
        ignored = ignoredSections.sorted()
        callbacks = try patched.callbacks()
        let ignoredFunctions = try patched.ignoredFunctions()
        for piece in patched.pieces.indices where !ignoredSections.contains(patched.sectionName(of: piece)) {
            try compare(piece)
        }
        for piece in original.pieces.indices where pairing.successor[piece] == nil { noteRemoved(piece) }
        ignore(ignoredFunctions)
        joinColdParts()
        requirePossibility()
        obstacles.sort { ($0.symbol, $0.kind.rawValue) < ($1.symbol, $1.kind.rawValue) }
    }

    private mutating func compare(_ piece: Int) throws(KernelRefusal) {
        let part = patched.pieces[piece]
        guard let partner = pairing.partner[piece] else { return noteAdded(piece) }
        let new = try patched.contents(of: piece, identify: pairing.identityInPatched)
        let old = try original.contents(of: partner, identify: pairing.identityInOriginal)
        guard !Self.areEqual(old, new) else { return }
        let isExecutable = patched.section(part.section).flags.contains(.execute)
        if isExecutable, old.size == new.size, old.references == new.references, old.records == new.records,
            LineNumberChange(original: original, patched: patched).explains(partner, piece)
        {
            return
        }
        switch part.role {
        case .code: changed.insert(piece)
        case .initialization, .table, .constants, .variables:
            obstruct(piece, in: patched, facts: Self.differences(old, new))
        case .fragments, .merged, .special, .replacements, .ignored: break
        }
    }

    private mutating func noteAdded(_ piece: Int) {
        let part = patched.pieces[piece]
        switch part.role {
        case .code: added.insert(piece)
        case .initialization, .table: obstruct(piece, in: patched, facts: ["only with the fix"])
        case .constants, .variables: if part.isGlobal { addedData.insert(piece) }
        case .fragments, .merged, .special, .replacements, .ignored: break
        }
    }

    /// Zeroes that the file holds, and zeroes that it does not, are the same.
    private static func areEqual(_ old: PieceContents, _ new: PieceContents) -> Bool {
        if old == new { return true }
        guard old.size == new.size, old.references == new.references, old.records == new.records,
            old.bytes.isEmpty != new.bytes.isEmpty
        else { return false }
        return (old.bytes + new.bytes).allSatisfy { $0 == 0 }
    }

    private static func differences(_ old: PieceContents, _ new: PieceContents) -> [String] {
        guard old.size == new.size else { return ["size: \(old.size) → \(new.size) bytes"] }
        if let offset = zip(old.bytes, new.bytes).enumerated().first(where: { $1.0 != $1.1 })?.offset {
            let shown = { (bytes: [UInt8]) in hexadecimalBytes(bytes.dropFirst(offset).prefix(8)) }
            return ["bytes from offset \(offset): \(shown(old.bytes)) → \(shown(new.bytes))"]
        }
        guard old.bytes.count == new.bytes.count else { return ["zero in one of the builds only"] }
        return ["an address in it refers to something else"]
    }

    private mutating func obstruct(_ piece: Int, in unit: KernelUnit, facts: [String]) {
        let part = unit.pieces[piece]
        let section = unit.sectionName(of: piece)
        let kind: KernelObstacle.Kind? =
            switch part.role {
            case .initialization: .initialization
            case .constants: .changedConstant
            case .variables: .changedData
            case .table where ["ksymtab", "kcrctab", "export_symbol"].contains(where: section.contains): .newExport
            case .table: .changedTable
            case .code, .fragments, .merged, .special, .replacements, .ignored: nil
            }
        guard let kind else { return }
        // The tables of newer kernels have no symbols with a size: what is exported otherwise says more.
        let exports = kind == .newExport ? patched.exported.symmetricDifference(original.exported).sorted() : []
        obstacles.append(
            KernelObstacle(
                kind: kind, unit: patched.name,
                symbol: exports.isEmpty ? unit.title(of: piece) : exports.joined(separator: ", "), section: section,
                facts: facts))
    }

    private mutating func noteRemoved(_ piece: Int) {
        guard !ignoredSections.contains(original.sectionName(of: piece)) else { return }
        switch original.pieces[piece].role {
        case .code: removed.append(original.title(of: piece))
        case .initialization, .table: obstruct(piece, in: original, facts: ["only without the fix"])
        case .fragments, .constants, .variables, .merged, .special, .replacements, .ignored: break
        }
    }

    /// Leaves out what the author has said, with the parts of such functions.
    private mutating func ignore(_ pieces: Set<Int>) {
        let names = Set(pieces.flatMap { patched.pieces[$0].symbols.map(\.name) })
        for piece in changed {
            let parent = patched.pieces[piece].name.flatMap { FunctionName($0).parent }
            guard pieces.contains(piece) || parent.map(names.contains) == true else { continue }
            changed.remove(piece)
            ignored.append(patched.title(of: piece))
        }
    }

    /// A function and the part of it that is seldom run go together: each jumps into the other.
    private mutating func joinColdParts() {
        var parts: [String: [Int]] = [:]
        var parents: [String: Int] = [:]
        for piece in patched.pieces.indices where patched.pieces[piece].isFunction {
            for symbol in patched.pieces[piece].symbols {
                parents[symbol.name] = piece
                if let parent = FunctionName(symbol.name).parent { parts[parent, default: []].append(piece) }
            }
        }
        for (name, colds) in parts {
            guard let parent = parents[name] else { continue }
            let isChanged = changed.contains(parent) || colds.contains { changed.contains($0) || added.contains($0) }
            // A new function's part is new as well, and comes with it.
            guard isChanged, !added.contains(parent) else { continue }
            changed.insert(parent)
            for cold in colds where changed.insert(cold).inserted {
                if added.remove(cold) == nil { carried.insert(cold) }
            }
        }
    }

    private mutating func requirePossibility() {
        for piece in changed where !isPart(piece) {
            func obstruct(_ kind: KernelObstacle.Kind) {
                obstacles.append(
                    KernelObstacle(
                        kind: kind, unit: patched.name, symbol: patched.title(of: piece),
                        section: patched.sectionName(of: piece)))
            }
            if let partner = pairing.partner[piece], !original.isTraceable(partner) { obstruct(.notTraceable) }
            if pairing.ambiguous.contains(piece) { obstruct(.ambiguousClone) }
        }
    }

    /// Whether a function is the seldom run part of another.
    func isPart(_ piece: Int) -> Bool {
        patched.pieces[piece].name.flatMap { FunctionName($0).parent } != nil
    }

    /// The functions that are replaced, by their position in the patched build.
    var replaced: [Int] { changed.filter { !isPart($0) && pairing.partner[$0] != nil }.sorted() }
}
