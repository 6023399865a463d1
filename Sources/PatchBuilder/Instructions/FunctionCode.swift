// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A function's code as instructions, so that two builds of it can be compared whatever their encoding of branches.
struct FunctionCode {
    /// The unit that has the function.
    let unit: UnitObject
    /// The section that holds it.
    let section: SectionIndex
    /// Where it begins there.
    let start: Int
    /// Its bytes.
    let bytes: [UInt8]
    /// Its relocations, by the offset of their fields in the function.
    let fields: [Int: Relocation]
    /// Its instructions without padding; nil if some of its bytes are no known instruction.
    let instructions: [Instruction]?

    /// The code of a function; nil if the unit has no such function, or less bytes than its symbol says.
    init?(_ name: String, of unit: UnitObject) {
        guard let function = unit.functions[name], case .section(let section) = function.place,
            unit.relocations.indices.contains(section.rawValue), let start = Int(exactly: function.value),
            let size = Int(exactly: function.size),
            let bytes = unit.section(section).bytes(at: function.value, count: size)
        else { return nil }
        self.unit = unit
        self.section = section
        self.start = start
        self.bytes = Array(bytes)
        var fields: [Int: Relocation] = [:]
        for relocation in unit.relocations[section.rawValue] {
            guard let offset = Int(exactly: relocation.offset), offset >= start, offset - start < size else { continue }
            fields[offset - start] = relocation
        }
        self.fields = fields
        instructions = Instruction.all(in: self.bytes)?.filter { $0.kind != .padding }
    }

    /// The fields of an instruction, in their order.
    func fields(of instruction: Instruction) -> [(offset: Int, relocation: Relocation)] {
        (instruction.offset..<instruction.end).compactMap { offset in fields[offset].map { (offset, $0) } }
    }

    /// The position of the first instruction at or behind an offset.
    func position(of offset: Int) -> Int? {
        guard let instructions, offset >= 0, offset <= bytes.count else { return nil }
        var low = 0
        var high = instructions.count
        while low < high {
            let middle = (low + high) / 2
            if instructions[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
