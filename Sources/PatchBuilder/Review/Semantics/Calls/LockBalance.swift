// SPDX-License-Identifier: Apache-2.0

/// How many locks a function may have taken more than it has given back when it ends, over all ways through it.
struct LockBalance {
    /// Which locks count.
    enum Locks {
        case all
        /// What RCU's readers enter and leave.
        case readSections
    }

    private let unit: UnitFacts
    private let locks: Locks
    private var known: [String: Set<Int>] = [:]
    /// The functions that are being looked at, and those that were taken for balanced meanwhile.
    private var open: Set<String> = []
    private var assumed: Set<String> = []

    /// Whether no function was taken for balanced that turned out not to be.
    private(set) var isCertain = true

    /// No function holds more at once that it tells apart.
    private static let limit = 8

    init(unit: UnitFacts, of locks: Locks = .all) {
        self.unit = unit
        self.locks = locks
    }

    /// What may be left at a function's ends; 0 is balanced.
    mutating func results(of name: String) -> Set<Int> {
        if let known = known[name] { return known }
        guard open.insert(name).inserted else {
            // A function that calls itself is taken for balanced meanwhile.
            assumed.insert(name)
            return [0]
        }
        let results = unit.functions[name].map { through($0) } ?? [0]
        open.remove(name)
        known[name] = results
        if results != [0], assumed.contains(name) { isCertain = false }
        return results
    }

    private mutating func through(_ facts: FunctionFacts) -> Set<Int> {
        guard !facts.flow.isEmpty else { return [0] }
        var entries = Array(repeating: Set<Int>(), count: facts.flow.count)
        var results: Set<Int> = []
        for entry in facts.entries { entries[entry] = [0] }
        var pending = facts.entries
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
        if locks == .readSections {
            guard case .function(let name) = call.callee else { return [0] }
            if let change = ReadSections.change(by: name) { return [change] }
            return unit.functions[name] == nil ? [0] : results(of: name)
        }
        if case .function(let name) = call.callee, unit.functions[name] != nil { return results(of: name) }
        switch call.resource?.kind {
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
