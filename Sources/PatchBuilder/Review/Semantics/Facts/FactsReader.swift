// SPDX-License-Identifier: Apache-2.0

/// Collects what a function's statements say.
struct FactsReader {
    private let function: GimpleFunction
    private let resolver: MemberResolver
    private let values: ValueFlow
    private var facts: FunctionFacts
    /// Whether pointers lead to what the function itself has made.
    private var isNew: [String: Bool] = [:]
    /// Pointers by which something is read, and nothing else is done.
    private let readers: Set<String>

    /// The facts of a function.
    static func facts(of function: GimpleFunction, types: RecordTypes) -> FunctionFacts {
        var reader = FactsReader(function, types)
        reader.read()
        return reader.facts
    }

    private init(_ function: GimpleFunction, _ types: RecordTypes) {
        let function = function.namingPlaces()
        self.function = function
        resolver = MemberResolver(function: function, types: types)
        values = ValueFlow(function: function, resolver: resolver)
        facts = FunctionFacts(name: function.name)
        readers = function.readingPointers
    }

    private mutating func read() {
        let positions = Dictionary(function.blocks.enumerated().map { ($1.number, $0) }) { first, _ in first }
        for block in function.blocks {
            var flow = FunctionFacts.FlowBlock(
                calls: [], successors: block.successors.compactMap { positions[$0] }, isEnd: false)
            for statement in block.statements {
                note(statement.uses, isNavigation: leadsToRecord(statement), isReading: makesReader(statement))
                switch statement.action {
                case .assign(let target, let operands): store(values.stored(operands), in: target)
                case .call(let call, let result):
                    flow.calls.append(facts.calls.count)
                    read(call, result)
                case .end: flow.isEnd = true
                case .look: break
                case .assembly(let written): readAssembly(statement, written)
                }
            }
            facts.flow.append(flow)
        }
    }

    /// Whether a statement only makes a pointer to a structure inside of another one.
    private func leadsToRecord(_ statement: GimpleStatement) -> Bool {
        guard case .assign(let target, _) = statement.action, target.isPlain,
            let type = function.types[target.base] ?? function.variable(of: target.base).flatMap({ function.types[$0] })
        else { return false }
        return type.record != nil && type.pointers > 0
    }

    /// Whether a statement only makes a pointer by which something is read then.
    private func makesReader(_ statement: GimpleStatement) -> Bool {
        guard case .assign(let target, _) = statement.action, target.isPlain else { return false }
        return readers.contains(target.base)
    }

    private mutating func note(_ uses: [GimpleReference], isNavigation: Bool, isReading: Bool) {
        for use in uses {
            guard let place = resolver.place(of: use), !place.isLocal else { continue }
            if use.isAddress, !isReading {
                guard !isNavigation, !place.isRecord else { continue }
                for member in place.members { facts.writes[member, default: []].insert(.address) }
            }
            // What a function has just made tells nothing of objects that are there already.
            guard !leadsToNewObject(use) else { continue }
            facts.reads.formUnion(place.members)
        }
    }

    private mutating func leadsToNewObject(_ reference: GimpleReference) -> Bool {
        guard reference.type == nil else { return false }
        if let known = isNew[reference.base] { return known }
        let result = values.leadsToNewObject(reference)
        isNew[reference.base] = result
        return result
    }

    private mutating func store(_ stored: Set<StoredValue>, in target: GimpleReference) {
        guard let place = resolver.place(of: target), !place.isLocal else { return }
        for member in place.members { facts.writes[member, default: []].formUnion(stored) }
    }

    private mutating func read(_ call: GimpleCall, _ result: GimpleReference?) {
        let callee = values.callee(call.callee)
        if let result { store([.call("\(callee)")], in: result) }
        if case .function(let name) = callee, let access = MemoryAccess(name) { note(access, call.arguments) }
        facts.calls.append(
            CallFact(
                callee: callee, arguments: call.arguments.map { values.origins(of: $0) },
                destinations: result.map { values.destinations(of: $0) } ?? []))
    }

    /// A function of memory reads or writes whole structures, if its pointers lead to some.
    private mutating func note(_ access: MemoryAccess, _ arguments: [GimpleOperand]) {
        for (position, kind) in access.arguments {
            guard arguments.indices.contains(position), var reference = arguments[position].reference else { continue }
            if reference.isAddress { reference.isAddress = false } else { reference.isFollowed = true }
            guard let place = resolver.place(of: reference), !place.isLocal else { continue }
            switch kind {
            case .reads: facts.reads.formUnion(place.members)
            case .writes(let value):
                for member in place.members { facts.writes[member, default: []].insert(value) }
            }
        }
    }

    private mutating func readAssembly(_ statement: GimpleStatement, _ written: [GimpleReference]) {
        facts.assembly.append(statement.uses.map(\.base).joined(separator: " "))
        // A place in memory among the inputs is read; a value may be an address, too.
        for use in written + statement.uses.filter({ $0.isAddress || $0.isPlain }) {
            for member in resolver.place(of: use)?.members ?? [] { facts.writes[member, default: []].insert(.address) }
        }
    }
}

/// What functions of the C library do with the memory that they are given.
struct MemoryAccess {
    enum Kind {
        case reads
        case writes(StoredValue)
    }

    /// Positions of pointers, and what is done with what they lead to.
    let arguments: [(Int, Kind)]

    /// The access of a function, known by its name with or without `__builtin_` and `__…_chk`.
    init?(_ name: String) {
        var name = name[...]
        for prefix in ["__builtin_", "__"] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
        if name.hasSuffix("_chk") { name = name.dropLast(4) }
        switch name {
        case "memcpy", "memmove", "mempcpy": arguments = [(0, .writes(.computed)), (1, .reads)]
        case "memset": arguments = [(0, .writes(.constant("0")))]
        case "bzero", "explicit_bzero", "OPENSSL_cleanse": arguments = [(0, .writes(.constant("0")))]
        case "bcopy": arguments = [(0, .reads), (1, .writes(.computed))]
        case "memcmp", "CRYPTO_memcmp": arguments = [(0, .reads), (1, .reads)]
        default: return nil
        }
    }
}
