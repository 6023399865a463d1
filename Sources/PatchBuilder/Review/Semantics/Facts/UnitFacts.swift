// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The facts of all functions of one build of a unit.
struct UnitFacts {
    /// By name; functions with one name, as nested ones may have, are taken together.
    private(set) var functions: [String: FunctionFacts] = [:]
    /// The functions that other units can call, under this name or another one.
    private(set) var exported: Set<String> = []
    /// The records that the unit knows, and the variables that it defines.
    private let records: Set<String>
    private let variables: Set<String>
    /// The names in the source of what the object file calls otherwise.
    private var names: [String: String] = [:]
    /// Every symbol of the unit's code with those at the same place.
    private let aliases: [String: [String]]
    /// For each function, those of the unit that it calls, and those that call it.
    private var calls: [String: Set<String>] = [:]
    private var callersByName: [String: Set<String>] = [:]

    init(dump: GimpleDump, object: UnitObject, types: RecordTypes) {
        records = types.recordNames
        // gcc calls a static local variable `x.0`.
        variables = Set(
            object.owners.joined().filter { $0.kind == .object }.map { String($0.name.prefix { $0 != "." }) })
        let places = Dictionary(grouping: object.functions.values) { Place($0) }
        aliases = Dictionary(
            places.values.flatMap { symbols in symbols.map { ($0.name, symbols.map(\.name).sorted()) } }
        ) { first, _ in first }
        let seen = Set(
            places.values.filter { $0.contains { $0.binding != .local } }.flatMap { $0 }.map(\.name))
        for function in dump.functions {
            let facts = FactsReader.facts(of: function, types: types)
            functions[function.name] = functions[function.name].map { $0.joined(with: facts) } ?? facts
            names[function.symbol] = function.name
            if seen.contains(function.symbol) { exported.insert(function.name) }
        }
        for (name, facts) in functions {
            for call in facts.calls {
                guard case .function(let callee) = call.callee, functions[callee] != nil else { continue }
                calls[name, default: []].insert(callee)
                callersByName[callee, default: []].insert(name)
            }
        }
    }

    private struct Place: Hashable {
        var section: Int
        var value: UInt64

        init(_ symbol: Symbol) {
            if case .section(let index) = symbol.place { section = index.rawValue } else { section = -1 }
            value = symbol.value
        }
    }

    /// The functions of the source that pieces of code belong to.
    ///
    /// - Throws: ``GimpleError/unknownFunction(_:)`` for code of a function that the dump does not have.
    func names(ofCode pieces: Set<String>) throws(GimpleError) -> Set<String> {
        var found: Set<String> = []
        for piece in pieces.sorted() {
            guard let name = (aliases[piece] ?? [piece]).lazy.compactMap(name(ofSymbol:)).first else {
                throw .unknownFunction(piece)
            }
            found.insert(name)
        }
        return found
    }

    /// gcc calls a variant of f that it made `f.part.0`, `f.isra.0`, `f.constprop.0` or `f.cold`.
    private func name(ofSymbol symbol: String) -> String? {
        names[symbol] ?? symbol.firstIndex(of: ".").flatMap { names[String(symbol[..<$0])] }
    }

    /// Whether objects of a record can be there already when the code of this unit is.
    func knows(record name: String) -> Bool { name.isEmpty || records.contains(name) }

    /// Whether the unit itself defines a variable.
    func defines(variable name: String) -> Bool { variables.contains(name) }

    /// The functions of the unit that a function calls.
    func callees(of name: String) -> Set<String> { calls[name] ?? [] }

    /// The functions of the unit that call a function.
    func callers(of name: String) -> Set<String> { callersByName[name] ?? [] }
}

extension FunctionFacts {
    /// The facts of two functions as one.
    fileprivate func joined(with other: FunctionFacts) -> FunctionFacts {
        var joined = self
        let callOffset = calls.count
        let flowOffset = flow.count
        joined.calls += other.calls
        joined.reads.formUnion(other.reads)
        for (member, values) in other.writes { joined.writes[member, default: []].formUnion(values) }
        joined.assembly += other.assembly
        joined.entries += other.entries.map { $0 + flowOffset }
        joined.flow += other.flow.map { block in
            FlowBlock(
                calls: block.calls.map { $0 + callOffset }, successors: block.successors.map { $0 + flowOffset },
                isEnd: block.isEnd)
        }
        return joined
    }
}
