// SPDX-License-Identifier: Apache-2.0

/// Where the values of a function come from and go to, regardless of the order of statements.
struct ValueFlow {
    private let function: GimpleFunction
    private let resolver: MemberResolver
    /// What is assigned to each variable and value.
    private var sources: [String: [Source]] = [:]
    /// Where each variable and value is copied to.
    private var copies: [String: [GimpleReference]] = [:]
    /// The values that the function returns.
    private var returned: Set<String> = []

    private enum Source {
        case operand(GimpleOperand)
        case call(String)
    }

    init(function: GimpleFunction, resolver: MemberResolver) {
        self.function = function
        self.resolver = resolver
        for statement in function.blocks.lazy.flatMap(\.statements) { add(statement) }
    }

    private mutating func add(_ statement: GimpleStatement) {
        switch statement.action {
        case .assign(let target, let operands):
            for operand in operands {
                if target.isPlain { sources[target.base, default: []].append(.operand(operand)) }
                if let reference = operand.reference, reference.isPlain {
                    copies[reference.base, default: []].append(target)
                }
            }
        case .call(let call, let result):
            if let result, result.isPlain { sources[result.base, default: []].append(.call(call.callee)) }
            // `f (&x)`: f may store something in x.
            for argument in call.arguments {
                guard let reference = argument.reference, reference.isAddress, reference.steps.isEmpty else { continue }
                sources[reference.base, default: []].append(.call(call.callee))
            }
        case .end(let operand):
            if let reference = operand?.reference, reference.isPlain { returned.insert(reference.base) }
        case .look, .assembly: break
        }
    }

    /// Whether a reference leads only to what the same call has made.
    func leadsToNewObject(_ reference: GimpleReference) -> Bool {
        guard function.isOwn(reference.base), reference.type == nil else { return false }
        let pointers = origins(of: GimpleOperand(reference: GimpleReference(reference.base)))
        return pointers.contains { $0.isMade } && pointers.allSatisfy { $0.isMade || $0.isConstant }
    }

    /// What a call calls.
    func callee(_ name: String) -> CallFact.Callee {
        guard function.isOwn(name) else { return .function(name) }
        let members = origins(of: GimpleOperand(reference: GimpleReference(name))).compactMap { origin in
            if case .member(let member) = origin { member } else { nil }
        }
        return members.min().map { .member($0) } ?? .pointer
    }

    /// What kind of values are stored when one of these is.
    func stored(_ operands: [GimpleOperand]) -> Set<StoredValue> {
        var stored: Set<StoredValue> = []
        for operand in operands {
            for origin in origins(of: operand, followsComputation: false) {
                switch origin {
                case .constant(let text): stored.insert(.constant(text))
                case .call(let name): stored.insert(.call(name))
                case .member(let member): stored.insert(.copy("\(member)"))
                case .memberAddress(let member): stored.insert(.copy("the address of \(member)"))
                case .global(let name): stored.insert(.copy(name))
                case .parameter(let position): stored.insert(.copy("parameter \(position + 1)"))
                case .local, .other: stored.insert(.computed)
                }
            }
        }
        return stored.isEmpty ? [.computed] : stored
    }

    /// Where a value may come from.
    ///
    /// A pointer that is moved on is still as good as it was, for who owns what it leads to; a number is another one.
    func origins(of operand: GimpleOperand, followsComputation: Bool = true) -> Set<Origin> {
        var origins: Set<Origin> = []
        var seen: Set<String> = []
        var pending = [operand]
        while let next = pending.popLast() {
            if let constant = next.constant {
                origins.insert(.constant(constant))
                continue
            }
            guard let reference = next.reference, followsComputation || !next.isComputed else {
                origins.insert(.other)
                continue
            }
            if !reference.isPlain, let origin = origin(ofPlace: reference) {
                origins.insert(origin)
                continue
            }
            guard seen.insert(reference.base).inserted else { continue }
            let known = sources[reference.base] ?? []
            for source in known {
                switch source {
                case .operand(let operand): pending.append(operand)
                case .call(let name): origins.insert(.call("\(callee(ofSource: name))"))
                }
            }
            if known.isEmpty { origins.insert(origin(ofUnassigned: reference.base)) }
        }
        return origins
    }

    /// A pointer's own origins are not followed, since it may be its own source.
    private func callee(ofSource name: String) -> String { function.isOwn(name) ? "a function pointer" : name }

    /// Nil for `*p` and elements of what p points to: as good as p itself, for who owns it.
    private func origin(ofPlace reference: GimpleReference) -> Origin? {
        if let place = resolver.place(of: reference), let member = place.members.first {
            if place.isLocal { return .local }
            if !member.isWhole { return reference.isAddress ? .memberAddress(member) : .member(member) }
        }
        if reference.isAddress, !reference.isFollowed, reference.type == nil {
            return function.isOwn(reference.base) ? .local : .global(reference.base)
        }
        return reference.base.isEmpty ? .other : nil
    }

    private func origin(ofUnassigned name: String) -> Origin {
        if let variable = function.variable(of: name) {
            if let position = function.parameters.firstIndex(of: variable) { return .parameter(position) }
            return function.statics.contains(variable) ? .global(variable) : .local
        }
        return function.isOwn(name) ? .other : .global(name)
    }

    /// Where a result may be kept after the call.
    func destinations(of result: GimpleReference) -> Set<ResultPlace> {
        var destinations: Set<ResultPlace> = []
        var seen: Set<String> = []
        var pending = [result]
        while let next = pending.popLast() {
            if next.isPlain, function.isOwn(next.base), !function.statics.contains(next.base) {
                guard seen.insert(next.base).inserted else { continue }
                pending += copies[next.base] ?? []
                if returned.contains(next.base) { destinations.insert(.result) }
            } else {
                destinations.formUnion(self.destinations(ofPlace: next))
            }
        }
        return destinations
    }

    private func destinations(ofPlace reference: GimpleReference) -> Set<ResultPlace> {
        if let place = resolver.place(of: reference), let member = place.members.first, !member.isWhole {
            return place.isLocal ? [] : [.member(member)]
        }
        if reference.isPlain { return [.global(reference.base)] }
        // `*p = …`: where p leads to.
        let pointers = origins(of: GimpleOperand(reference: GimpleReference(reference.base)))
        return Set(
            pointers.compactMap { origin in
                switch origin {
                case .parameter(let position): .parameter(position)
                case .member(let member), .memberAddress(let member): .member(member)
                case .global(let name): .global(name)
                case .call, .local, .constant, .other: nil
                }
            })
    }
}

extension Origin {
    /// Whether it is the result of a function that makes something.
    fileprivate var isMade: Bool {
        if case .call(let name) = self { ResourceCalls.meaning(of: name)?.kind == .acquire } else { false }
    }

    fileprivate var isConstant: Bool {
        if case .constant = self { true } else { false }
    }
}
