// SPDX-License-Identifier: Apache-2.0

extension UnitFacts {
    /// What a function reads and writes, with the helpers of its unit that it calls.
    struct Accesses: Hashable {
        var reads: Set<Member> = []
        var writes: [Member: Set<StoredValue>] = [:]
    }

    /// What a function does together with the functions of its unit that only this unit can call.
    func accesses(of name: String) -> Accesses {
        var accesses = Accesses()
        var seen: Set<String> = [name]
        var pending = [name]
        while let next = pending.popLast(), let facts = functions[next] {
            accesses.reads.formUnion(facts.reads)
            for (member, values) in facts.writes { accesses.writes[member, default: []].formUnion(values) }
            pending += callees(of: next).filter { !exported.contains($0) && seen.insert($0).inserted }
        }
        return accesses
    }

    /// The functions of the unit that call a function.
    func callers(of name: String) -> Set<String> {
        Set(functions.keys.filter { callees(of: $0).contains(name) })
    }

    /// What all functions of the unit do.
    var all: Accesses {
        var accesses = Accesses()
        for facts in functions.values {
            accesses.reads.formUnion(facts.reads)
            for (member, values) in facts.writes { accesses.writes[member, default: []].formUnion(values) }
        }
        return accesses
    }
}
