// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Checks that a build with function sections stands for the shipped one.
///
/// Both must have the same functions, with the same bytes but for relocated fields. A function that jumps to a neighbour
/// is the exception: the jump is short in one build and long in the other, and what follows it moves. Such a function
/// must refer to the same outside symbols as often, so that what is inlined in one is inlined in the other.
struct BuildEquivalence {
    /// The unit as its own compile command makes it.
    let plain: UnitObject
    /// The same source with function and data sections.
    let sectioned: UnitObject

    /// Compares the two builds.
    ///
    /// - Throws: ``PatchRefusal/differentFunctions(unit:functions:)`` with the functions that differ.
    func require() throws(PatchRefusal) {
        var different: [String] = []
        for name in Set(plain.functions.keys).union(sectioned.functions.keys).sorted() {
            guard let shipped = try plain.code(of: name), let compared = try sectioned.code(of: name),
                shipped.stands(for: compared)
            else {
                different.append(name)
                continue
            }
        }
        guard different.isEmpty else { throw .differentFunctions(unit: plain.source, functions: different) }
    }
}

/// A function's code for the comparison of two builds of one source.
private struct FunctionCode {
    /// The function's bytes.
    var bytes: [UInt8]
    /// The positions of relocated fields.
    var fields: Set<Int>
    /// The names of the symbols outside of the unit that the code refers to, in order.
    var outside: [String]
    /// Whether the code has a relocated jump to other code of the unit.
    var jumpsToNeighbour: Bool

    func stands(for sectioned: FunctionCode) -> Bool {
        if sectioned.jumpsToNeighbour { return outside == sectioned.outside }
        return bytes.count == sectioned.bytes.count
            && bytes.indices.allSatisfy { position in
                bytes[position] == sectioned.bytes[position] || fields.contains(position)
                    || sectioned.fields.contains(position)
            }
    }
}

extension UnitObject {
    /// A function's code, or nil if the unit has no such function or less bytes than its symbol says.
    fileprivate func code(of name: String) throws(PatchRefusal) -> FunctionCode? {
        guard let function = functions[name], case .section(let index) = function.place,
            let start = Int(exactly: function.value), let size = Int(exactly: function.size),
            let bytes = section(index).bytes(at: function.value, count: size)
        else { return nil }
        var code = FunctionCode(bytes: Array(bytes), fields: [], outside: [], jumpsToNeighbour: false)
        for relocation in relocations[index.rawValue] {
            guard let offset = Int(exactly: relocation.offset), offset >= start, offset < start + size else { continue }
            let reference = try reference(of: relocation, in: index)
            if reference.section == nil { code.outside.append(reference.symbol) }
            let width = FieldShape(relocation.type)?.width ?? 0
            code.fields.formUnion(offset - start..<offset - start + width)
            // A cold part is in another section in both builds.
            if let holder = reference.section, role(holder) == .code,
                Branch(operandAt: offset - start, of: code.bytes) == .jump,
                !section(holder).name.hasPrefix(".text.unlikely")
            {
                code.jumpsToNeighbour = true
            }
        }
        code.outside.sort()
        return code
    }
}
