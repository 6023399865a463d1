// SPDX-License-Identifier: Apache-2.0

extension DebugTypeReader {
    /// A function whose code is in the file, or nil if the entry is only a declaration or a model for inlined copies.
    mutating func function(at entry: Int) throws(ELFError) -> TypedFunction? {
        let own = try information.attributes(of: entry)
        let code = try information.code(of: own, at: entry)
        guard !code.isEmpty else { return nil }
        // A copy of a function has the types of its model, and may lack what was optimised away.
        let model = try information.reference(.abstract_origin, of: own, at: entry) ?? entry
        let result = try information.holder(of: .type, from: entry)
        var signature = try functionType(information.attributes(of: model), at: model)
        signature.result = try type(of: result.attributes, at: result.entry)
        var function = TypedFunction(
            name: try information.functionName(at: entry), linkageName: try information.linkageName(at: entry),
            code: code, signature: signature, variables: [], inlined: try information.inlined(in: entry))
        var models: Set<Int> = [entry, model]
        for copy in entry + 1..<max(entry + 1, information.index.entries[entry].end)
        where information.index.entries[copy].tag == .inlined_subroutine {
            let attributes = try information.attributes(of: copy)
            if let origin = try information.reference(.abstract_origin, of: attributes, at: copy) {
                models.insert(origin)
            }
        }
        var seen: Set<TypedFunction.Variable> = []
        let holders: Set<Int> = [entry, model]
        for model in holders.sorted() + models.subtracting(holders).sorted() {
            for variable in try variables(in: model, areOwn: holders.contains(model))
            where seen.insert(variable).inserted {
                function.variables.append(variable)
            }
        }
        return function
    }

    /// The parameters and variables of an entry and everything that belongs to it.
    private mutating func variables(
        in model: Int, areOwn: Bool
    ) throws(ELFError) -> [TypedFunction.Variable] {
        var variables: [TypedFunction.Variable] = []
        var endOfCopy = 0
        for entry in model + 1..<max(model + 1, information.index.entries[model].end) {
            let tag = information.index.entries[entry].tag
            if tag == .inlined_subroutine { endOfCopy = max(endOfCopy, information.index.entries[entry].end) }
            guard tag == .variable || tag == .formal_parameter else { continue }
            let name = try information.holder(of: .name, from: entry)
            variables.append(
                TypedFunction.Variable(
                    name: try information.text(.name, of: name.attributes, at: name.entry) ?? "",
                    type: try variableType(at: entry), isOwn: areOwn && entry >= endOfCopy))
        }
        return variables
    }
}
