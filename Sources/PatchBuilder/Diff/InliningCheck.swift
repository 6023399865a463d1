// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Checks that a build with function sections stands for the shipped one.
///
/// Both must have the same functions, and each must refer to the same outside symbols as often: then a function that is
/// inlined in one is inlined in the other.
struct InliningCheck {
    /// The unit as its own compile command makes it.
    let plain: UnitObject
    /// The same source with function and data sections.
    let sectioned: UnitObject

    /// Compares the two builds.
    ///
    /// - Throws: ``PatchRefusal/differentFunctions(unit:functions:)`` with the functions that differ.
    func require() throws(PatchRefusal) {
        let shipped = try plain.outsideReferences()
        let compared = try sectioned.outsideReferences()
        let different = Set(shipped.keys).union(compared.keys).filter { shipped[$0] != compared[$0] }
        guard different.isEmpty else {
            throw .differentFunctions(unit: plain.source, functions: different.sorted())
        }
    }
}

extension UnitObject {
    /// For each function, the names of the symbols outside of the unit that its code refers to, in order.
    fileprivate func outsideReferences() throws(PatchRefusal) -> [String: [String]] {
        var outside: [String: [String]] = [:]
        for (name, function) in functions {
            guard case .section(let section) = function.place else { continue }
            var names: [String] = []
            let end = function.value.addingReportingOverflow(function.size).partialValue
            for relocation in relocations[section.rawValue]
            where relocation.offset >= function.value && relocation.offset < end {
                let reference = try reference(of: relocation, in: section)
                if reference.section == nil { names.append(reference.symbol) }
            }
            outside[name] = names.sorted()
        }
        return outside
    }
}
