// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The facts of all functions of one build of a unit.
struct UnitFacts {
    /// By name; functions with one name, as nested ones may have, are taken together.
    private(set) var functions: [String: FunctionFacts] = [:]
    /// The functions that other units can call.
    let exported: Set<String>

    init(dump: GimpleDump, object: UnitObject, types: RecordTypes) {
        exported = Set(object.functions.values.filter { $0.binding != .local }.map(\.name))
        for function in dump.functions {
            let facts = FactsReader.facts(of: function, types: types)
            functions[function.name] = functions[function.name].map { $0.joined(with: facts) } ?? facts
        }
    }

    /// The functions of the unit that a function calls.
    func callees(of name: String) -> Set<String> {
        var names: Set<String> = []
        for call in functions[name]?.calls ?? [] {
            if case .function(let callee) = call.callee, functions[callee] != nil { names.insert(callee) }
        }
        return names
    }
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
        joined.assemblyCount += other.assemblyCount
        joined.results.formUnion(other.results)
        joined.flow += other.flow.map { block in
            FlowBlock(
                calls: block.calls.map { $0 + callOffset }, successors: block.successors.map { $0 + flowOffset },
                isEnd: block.isEnd)
        }
        return joined
    }
}
