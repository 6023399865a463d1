// SPDX-License-Identifier: Apache-2.0

/// The uses of resources in functions, with those of the helpers that they call.
///
/// So that code may move into a helper, or out of one, without making a difference, what a helper does counts as its
/// caller's. A helper that both builds have counts as it is in the fixed one: what changed inside of it is its own
/// difference, and not that of its callers.
struct ResourceSummary {
    private let original: UnitFacts
    private let fixed: UnitFacts
    private var known: [Key: [ResourceUse: Int]] = [:]
    /// How many more helpers are looked into; functions that call each other in circles can be entered without end.
    private var budget = 200_000

    /// Whether every helper was looked into.
    var isComplete: Bool { budget > 0 }

    private struct Key: Hashable {
        var name: String
        var isFixed: Bool
    }

    /// More calls of one kind in one function are not told apart.
    private static let limit = 64

    init(original: UnitFacts, fixed: UnitFacts) {
        self.original = original
        self.fixed = fixed
    }

    /// How often a function of one build uses what.
    mutating func uses(of name: String, fixed isFixed: Bool) -> [ResourceUse: Int] {
        var active: Set<String> = []
        return uses(of: name, isFixed, &active).uses
    }

    /// The uses, and whether they are the same whoever calls: not if a circle of calls was cut here.
    private mutating func uses(
        of name: String, _ isFixed: Bool, _ active: inout Set<String>
    ) -> (uses: [ResourceUse: Int], isWhole: Bool) {
        let key = Key(name: name, isFixed: isFixed)
        if let known = known[key] { return (known, true) }
        guard budget > 0, active.insert(name).inserted else { return ([:], false) }
        budget -= 1
        var uses: [ResourceUse: Int] = [:]
        var isWhole = true
        for call in (isFixed ? fixed : original).functions[name]?.calls ?? [] {
            if case .function(let helper) = call.callee, let build = build(ofHelper: helper, isFixed) {
                let inside = self.uses(of: helper, build, &active)
                isWhole = isWhole && inside.isWhole
                for (use, count) in inside.uses { uses.add(count, of: use.called(by: call), limit: Self.limit) }
            } else if let use = ResourceUse(call) {
                uses.add(1, of: use, limit: Self.limit)
            }
        }
        active.remove(name)
        if isWhole { known[key] = uses }
        return (uses, isWhole)
    }

    /// Which build a helper is looked at in; nil for what is no helper: a function that other units call, too, or one
    /// of another unit.
    private func build(ofHelper name: String, _ isFixed: Bool) -> Bool? {
        let isInBoth = original.functions[name] != nil && fixed.functions[name] != nil
        if isInBoth { return original.exported.contains(name) || fixed.exported.contains(name) ? nil : true }
        return (isFixed ? fixed : original).functions[name] == nil ? nil : isFixed
    }
}

extension Dictionary<ResourceUse, Int> {
    fileprivate mutating func add(_ count: Int, of use: ResourceUse, limit: Int) {
        self[use] = Swift.min(limit, self[use, default: 0] + count)
    }
}

extension ResourceUse {
    /// The same use as the caller of a helper sees it: the helper's parameters are its arguments.
    fileprivate func called(by call: CallFact) -> ResourceUse {
        var use = self
        switch subject {
        case .parameter(let position):
            use.subject = call.arguments.indices.contains(position) ? Subject(call.arguments[position]) : .unknown
        case .result: use.subject = Subject(call.destinations)
        case .member, .global, .local, .unknown: break
        }
        return use
    }
}
