// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension UnitPairing {
    /// Static locals, by the functions that use them.
    mutating func pairStatics() {
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
        // A function that only one build has tells nothing.
        let known = Self.functions(of: original).intersection(Self.functions(of: patched))
        let before = Self.uses(of: original, by: known)
        let after = Self.uses(of: patched, by: known)
        for (stem, group) in mine {
            guard let others = theirs[stem] else { continue }
            pairStatics(group.map { ($0, after[$0] ?? []) }, with: others.map { ($0, before[$0] ?? []) })
        }
    }

    private typealias Use = (piece: Int, users: Set<String>)

    /// Variables of one stem: those with the same users in their order, then those that share users with one only.
    private mutating func pairStatics(_ mine: [Use], with theirs: [Use]) {
        if mine.count == 1, theirs.count == 1, mine[0].users.isEmpty || theirs[0].users.isEmpty {
            return pair(mine[0].piece, theirs[0].piece)
        }
        let candidates = Dictionary(grouping: theirs, by: \.users)
        for (users, members) in Dictionary(grouping: mine, by: \.users) where !users.isEmpty {
            guard let found = candidates[users], found.count == members.count else { continue }
            for (use, other) in zip(members, found) { pair(use.piece, other.piece) }
        }
        let left = mine.filter { partner[$0.piece] == nil }
        let others = theirs.filter { successor[$0.piece] == nil }
        for use in left {
            let found = others.filter { !$0.users.isDisjoint(with: use.users) }
            let rivals = left.filter { other in found.contains { !$0.users.isDisjoint(with: other.users) } }
            if found.count == 1, rivals.count == 1 {
                pair(use.piece, found[0].piece)
            } else if !found.isEmpty || use.users.isEmpty && !others.isEmpty || others.contains(where: \.users.isEmpty)
            {
                // A function that has no such variable in the original build brings a new one; others may mean any.
                markAmbiguous(use.piece)
            }
        }
    }

    /// The functions in the source that a build has.
    private static func functions(of unit: KernelUnit) -> Set<String> {
        Set(
            unit.pieces.filter { $0.role == .code || $0.role == .initialization }.compactMap(\.name)
                .map(CompilerName.root))
    }

    /// For each datum, the functions in the source that use it: compilers divide and clone them in one build only.
    private static func uses(of unit: KernelUnit, by known: Set<String>) -> [Int: Set<String>] {
        var users: [Int: Set<String>] = [:]
        for piece in unit.pieces.indices where unit.pieces[piece].isCode || unit.pieces[piece].role == .initialization {
            guard let user = unit.pieces[piece].name.map(CompilerName.root), known.contains(user) else { continue }
            for relocation in unit.relocations(in: unit.pieces[piece].section, unit.pieces[piece].range) {
                guard relocation.type != .none,
                    let reference = try? unit.reference(of: relocation, in: unit.pieces[piece].section),
                    case .piece(let used) = reference.target
                else { continue }
                users[used, default: []].insert(user)
            }
        }
        return users
    }
}
