// SPDX-License-Identifier: Apache-2.0

extension TypeName: CustomStringConvertible {
    /// The name as the source would say it.
    package var description: String { (scope + [name]).joined(separator: "::") }
}

extension TypeGraph {
    /// A type as C writes it, near enough to recognise it: `struct s *`, `char [4]`, `int (*)(void)`.
    package func spelling(of id: TypeID) -> String { spelling(of: id, around: "", depth: 0) }

    private func spelling(of id: TypeID, around inner: String, depth: Int) -> String {
        // Nobody reads more, and a type may be nested without end.
        guard depth < 16 else { return "…" + inner }
        func joined(_ text: String) -> String {
            inner.isEmpty || inner.hasPrefix("[") && text.isEmpty ? text + inner : text + " " + inner
        }
        switch self[id] {
        case .void: return joined("void")
        case .base(let base): return joined(base.name)
        case .alias(let name, let target) where name.name.isEmpty:
            return spelling(of: target, around: inner, depth: depth + 1)
        case .alias(let name, _): return joined(name.description)
        case .record(let record): return joined(record.kind.rawValue + " " + (record.name?.description ?? "{…}"))
        case .enumeration(let enumeration): return joined("enum " + (enumeration.name?.description ?? "{…}"))
        case .unknown(let text): return joined(text)
        case .qualified(let qualifier, let target):
            if case .pointer = self[target] {
                return spelling(
                    of: target, around: inner.isEmpty ? qualifier.spelling : qualifier.spelling + " " + inner,
                    depth: depth + 1)
            }
            return qualifier.spelling + " " + spelling(of: target, around: inner, depth: depth + 1)
        case .pointer(let pointer):
            let sign = pointer.kind.spelling + inner
            switch self[pointer.target] {
            case .array, .function: return spelling(of: pointer.target, around: "(" + sign + ")", depth: depth + 1)
            default: return spelling(of: pointer.target, around: sign, depth: depth + 1)
            }
        case .array(let array):
            let count = array.count.map { String($0) } ?? ""
            return spelling(of: array.element, around: inner + "[\(count)]", depth: depth + 1)
        case .function(let function):
            var parameters = function.parameters.prefix(16).map { spelling(of: $0, around: "", depth: depth + 1) }
            if function.isVariadic { parameters.append("...") }
            let list = parameters.isEmpty ? "void" : parameters.joined(separator: ", ")
            return spelling(of: function.result, around: inner + "(\(list))", depth: depth + 1)
        }
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
