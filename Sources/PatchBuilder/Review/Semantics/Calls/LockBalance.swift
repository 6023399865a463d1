// SPDX-License-Identifier: Apache-2.0

/// How many locks a function may have taken more than it has given back when it ends, over all ways through it.
struct LockBalance {
    private let unit: UnitFacts
    private var known: [String: Set<Int>] = [:]

    /// No function holds more at once that it tells apart.
    private static let limit = 8

    init(unit: UnitFacts) { self.unit = unit }

    /// What may be left at a function's ends; 0 is balanced.
    mutating func results(of name: String) -> Set<Int> {
        if let known = known[name] { return known }
        // A function that calls itself is taken for balanced meanwhile.
        known[name] = [0]
        let results = unit.functions[name].map { through($0) } ?? [0]
        known[name] = results
        return results
    }

    private mutating func through(_ facts: FunctionFacts) -> Set<Int> {
        guard !facts.flow.isEmpty else { return [0] }
        var entries = Array(repeating: Set<Int>(), count: facts.flow.count)
        var results: Set<Int> = []
        entries[0] = [0]
        var pending = [0]
        while let position = pending.popLast() {
            let block = facts.flow[position]
            var states = entries[position]
            for call in block.calls { states = effect(of: facts.calls[call]).added(to: states, limit: Self.limit) }
            if block.isEnd { results.formUnion(states) }
            for successor in block.successors where !states.isSubset(of: entries[successor]) {
                entries[successor].formUnion(states)
                pending.append(successor)
            }
        }
        return results
    }

    private mutating func effect(of call: CallFact) -> Set<Int> {
        if case .function(let name) = call.callee, unit.functions[name] != nil { return results(of: name) }
        switch ResourceUse(call)?.kind {
        case .lock: return [1]
        case .unlock: return [-1]
        case .reference, .acquire, .resize, .release, nil: return [0]
        }
    }
}

extension Set<Int> {
    /// Every sum with one of some numbers, kept within bounds.
    fileprivate func added(to others: Set<Int>, limit: Int) -> Set<Int> {
        if self == [0] { return others }
        return Set(flatMap { one in others.map { Swift.max(-limit, Swift.min(limit, $0 + one)) } })
    }
}
