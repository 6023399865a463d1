// SPDX-License-Identifier: Apache-2.0

extension TypeName: CustomStringConvertible {
    /// The name as the source would say it.
    package var description: String { (scope + [name]).joined(separator: "::") }
}

extension TypeGraph {
    /// A type as C writes it, near enough to recognise it: `struct s *`, `char [4]`, `int (*)(void)`.
    package func spelling(of id: TypeID) -> String {
        // Nobody reads more, and a type may be nested without end.
        var budget = 64
        return spelling(of: id, around: "", budget: &budget)
    }

    /// The declaration of `inner`, which is what has been spelled so far, as a thing of a type.
    private func spelling(of id: TypeID, around inner: String, budget: inout Int) -> String {
        budget -= 1
        guard budget > 0 else { return "…" + inner }
        let name: String
        switch self[id] {
        case .void: name = "void"
        case .base(let base): name = base.name
        case .alias(let alias, let target) where alias.name.isEmpty:
            return spelling(of: target, around: inner, budget: &budget)
        case .alias(let alias, _): name = alias.description
        case .record(let record): name = record.kind.rawValue + " " + (record.name?.description ?? "{…}")
        case .enumeration(let enumeration): name = "enum " + (enumeration.name?.description ?? "{…}")
        case .unknown(let text): name = text
        case .qualified(let qualifier, let target):
            // What qualifies a pointer stands behind its sign.
            guard case .pointer = self[target] else {
                return qualifier.spelling + " " + spelling(of: target, around: inner, budget: &budget)
            }
            return spelling(
                of: target, around: inner.isEmpty ? qualifier.spelling : qualifier.spelling + " " + inner,
                budget: &budget)
        case .pointer(let pointer):
            let sign = pointer.kind.spelling + inner
            switch self[pointer.target] {
            case .array, .function: return spelling(of: pointer.target, around: "(" + sign + ")", budget: &budget)
            default: return spelling(of: pointer.target, around: sign, budget: &budget)
            }
        case .array(let array):
            let dimension = "[" + (array.count.map { String($0) } ?? "") + "]"
            return spelling(of: array.element, around: inner + dimension, budget: &budget)
        case .function(let function):
            return spelling(of: function.result, around: inner + list(of: function, budget: &budget), budget: &budget)
        }
        return inner.isEmpty ? name : name + " " + inner
    }

    /// A function's parameters.
    private func list(of function: FunctionType, budget: inout Int) -> String {
        var parameters: [String] = []
        for parameter in function.parameters where budget > 0 {
            parameters.append(spelling(of: parameter, around: "", budget: &budget))
        }
        if function.isVariadic { parameters.append("...") }
        return "(" + (parameters.isEmpty ? "void" : parameters.joined(separator: ", ")) + ")"
    }
}

extension TypeQualifier {
    /// The keyword.
    package var spelling: String {
        switch self {
        case .constant: "const"
        case .volatile: "volatile"
        case .restrict: "restrict"
        case .atomic: "_Atomic"
        }
    }
}

extension PointerType.Kind {
    /// The sign.
    fileprivate var spelling: String {
        switch self {
        case .pointer: "*"
        case .reference: "&"
        case .rvalueReference: "&&"
        case .memberPointer: "::*"
        }
    }
}
