// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension TypeComparison {
    /// How two definitions of an enumeration differ.
    func differences(_ old: EnumerationType, _ new: EnumerationType) -> [TypeDifference] {
        guard let was = old.byteSize, let size = new.byteSize else { return [] }
        var differences: [TypeDifference] = []
        if size != was {
            differences.append(TypeDifference(kind: .layout, fact: "size: \(size) bytes, was \(was)"))
        }
        let values = Dictionary(new.enumerators.map { ($0.name, $0.value) }) { first, _ in first }
        let names = Set(old.enumerators.map(\.name))
        for enumerator in old.enumerators {
            guard let value = values[enumerator.name] else {
                differences.append(
                    TypeDifference(kind: .meaning, fact: "\(enumerator.name): gone, was \(enumerator.value)"))
                continue
            }
            guard value != enumerator.value else { continue }
            differences.append(
                TypeDifference(kind: .meaning, fact: "\(enumerator.name): \(value), was \(enumerator.value)"))
        }
        for enumerator in new.enumerators where !names.contains(enumerator.name) {
            // Nothing that exists has a value that did not exist; a second name for one that did may be a new meaning.
            let isTaken = old.enumerators.contains { $0.value == enumerator.value }
            differences.append(
                TypeDifference(
                    kind: isTaken ? .meaning : .spelling, fact: "\(enumerator.name): new, \(enumerator.value)"))
        }
        return differences
    }

    /// Constants of enumerations without a name: several are states that some number holds, a single one is a number.
    func constantChanges() -> [TypeChange] {
        fixed.constants.sorted { $0.key < $1.key }.compactMap { name, new in
            guard let old = original.constants[name], old.value != new.value else { return nil }
            let kind: TypeDifference.Kind = min(old.siblings, new.siblings) > 1 ? .meaning : .spelling
            return TypeChange(
                title: "enum constant \(name)", identity: nil,
                differences: [TypeDifference(kind: kind, fact: "\(new.value), was \(old.value)")])
        }
    }

    /// Variables that both builds have under one name.
    mutating func variableChanges() throws(Excess) -> [TypeChange] {
        var changes: [TypeChange] = []
        for (name, new) in fixed.types.variables.sorted(by: { $0.key < $1.key }) {
            guard let old = original.types.variables[name], !original.graph.isConstant(old),
                !fixed.graph.isConstant(new)
            else { continue }
            // An extern array does not say how long it is.
            let sizes = (original.graph.byteSize(of: old), fixed.graph.byteSize(of: new))
            if original.graph.isArray(old), sizes.0 == 0 || sizes.1 == 0 { continue }
            let differences = try differences(old, new, of: "", depth: 0)
            guard !differences.isEmpty else { continue }
            changes.append(TypeChange(title: "variable \(name)", identity: nil, differences: differences))
        }
        return changes
    }
}

extension TypeGraph {
    /// Whether a variable of this type is read only: its contents are compared with the data.
    fileprivate func isConstant(_ id: TypeID) -> Bool {
        var current = stripped(id)
        for _ in types {
            if current.qualifiers.contains(.constant) { return true }
            guard case .array(let array) = self[current.id] else { return false }
            current = stripped(array.element)
        }
        return false
    }

    fileprivate func isArray(_ id: TypeID) -> Bool {
        if case .array = self[stripped(id).id] { true } else { false }
    }
}
