// SPDX-License-Identifier: Apache-2.0

/// Tells which members of which structures a reference means.
struct MemberResolver {
    /// What a reference means.
    struct Place {
        /// The members, several for bits that belong to several; empty if it is no part of a structure.
        var members: [Member] = []
        /// Whether it lies in a variable that ends with the call.
        var isLocal: Bool
        /// Whether what it means is itself a structure, so that its address is only a step to its members.
        var isRecord: Bool
    }

    let function: GimpleFunction
    let types: RecordTypes

    /// What a reference means; nil for a plain value or variable that is no structure.
    func place(of reference: GimpleReference) -> Place? {
        let variable = function.variable(of: reference.base)
        let isThroughPointer = reference.isFollowed || reference.steps.contains(where: \.isThroughPointer)
            || reference.type != nil
        let isLocal = !isThroughPointer && function.isAutomatic(variable ?? reference.base)
        var type = startType(of: reference, variable: variable)
        if reference.isFollowed { type = type.followed() }
        var path = RecordTypes.Path(start: type)
        for step in reference.steps {
            switch step {
            case .element: path.takeElement(types)
            case .member(let name, let throughPointer):
                if throughPointer { path.follow(types) }
                path.enter(name, types)
            case .bits(let count, let first): path.takeBits(first: first, count: count, types)
            }
        }
        guard !path.members.isEmpty || path.isRecord else { return nil }
        var members = path.members
        if path.isRecord { members += path.wholeRecords(types) }
        return Place(members: members, isLocal: isLocal, isRecord: path.isRecord)
    }

    private func startType(of reference: GimpleReference, variable: String?) -> RecordTypes.Kind {
        if let type = reference.type { return types.kind(of: type) }
        if let type = function.types[reference.base] ?? variable.flatMap({ function.types[$0] }) {
            return types.kind(of: type)
        }
        return types.kind(ofVariable: reference.base)
    }
}

extension GimpleReference.Step {
    /// Whether it leaves the place for what a pointer leads to.
    var isThroughPointer: Bool {
        if case .member(_, true) = self { true } else { false }
    }
}

extension GimpleFunction {
    /// The declared variable that an SSA name is a value of, or the variable itself; nil for a temporary or a global.
    func variable(of name: String) -> String? {
        if types[name] != nil { return name }
        guard let end = name.lastIndex(of: "_"), name[name.index(after: end)...].allSatisfy(\.isNumber) else { return nil }
        let variable = String(name[..<end])
        return types[variable] == nil ? nil : variable
    }

    /// Whether a name is that of a variable that lives as long as the call.
    func isAutomatic(_ name: String) -> Bool {
        (types[name] != nil && !statics.contains(name)) || name == "retval"
    }

    /// Whether a name is a value of this function and no variable of the unit.
    func isOwn(_ name: String) -> Bool {
        variable(of: name) != nil || name.first == "_" && name.dropFirst().allSatisfy(\.isNumber)
    }
}
