// SPDX-License-Identifier: Apache-2.0

internal import Disassembly
internal import ELF
internal import LivePatch

/// Names the addresses that the original code of replaced functions refers to.
///
/// The unit's own relocations say what each field of the shipped code means, so that no symbols are needed.
struct TargetNaming: ~Copyable {
    private let target: ObjectFile
    private let symbols: SymbolMap
    private let disassembler: Disassembler
    private var names: [UInt64: ReviewDocument.Name] = [:]

    /// Prepares for a target.
    init(target: ObjectFile, symbols: SymbolMap) throws(DisassemblyError) {
        self.target = target
        self.symbols = symbols
        disassembler = try Disassembler()
    }

    /// The names found so far, by address.
    var sorted: [ReviewDocument.Name] { names.values.sorted { $0.address < $1.address } }

    /// Names what a function and its cold parts refer to.
    mutating func add(function name: String, of unit: PatchUnit) {
        let plain = unit.located.unit
        for piece in plain.functions.values where piece.name == name || FunctionName(piece.name).parent == name {
            guard case .section(let index) = piece.place, let address = unit.located.definition(of: piece),
                let base = unit.located.sections[index], let count = Int(exactly: piece.size),
                let code = target.bytes(atAddress: address.rawValue, count: count)
            else { continue }
            let fields = Dictionary(
                plain.relocations[index.rawValue].map { (base.rawValue &+ $0.offset, $0) }, uniquingKeysWith: { $1 })
            for instruction in disassembler.instructions(of: Array(code), at: address.rawValue) {
                add(instruction, fields, in: index, of: unit)
            }
        }
    }

    private mutating func add(
        _ instruction: Disassembly.Instruction, _ fields: [UInt64: Relocation], in index: SectionIndex,
        of unit: PatchUnit
    ) {
        for field in [instruction.displacement, instruction.immediate].compactMap(\.self) {
            let place = instruction.address &+ UInt64(field.offset)
            // The linker turns `jmp *slot` into a `jmp` that is a byte shorter; psABI B.2.
            guard let relocation = fields[place] ?? (instruction.bytes[0] == 0xe9 ? fields[place &+ 1] : nil) else {
                if let destination = field.target { addFunction(at: destination) }
                continue
            }
            guard let destination = field.target ?? absolute(field, of: instruction),
                FieldShape(relocation.type)?.meaning != .threadLocal,
                let reference = try? unit.located.unit.reference(of: relocation, in: index)
            else { continue }
            let readsSlot =
                FieldShape(relocation.type)?.meaning == .slot && instruction.mnemonic != "lea"
                && instruction.flow.target == nil
            if readsSlot {
                names[destination] = .init(address: destination, kind: .slot, name: reference.symbol)
            } else {
                names[destination] = name(of: reference, at: destination, in: unit)
            }
        }
    }

    private func absolute(_ field: Disassembly.Instruction.Field, of instruction: Disassembly.Instruction) -> UInt64? {
        guard field.size == 4 || field.size == 8, field.range.upperBound <= instruction.bytes.count else { return nil }
        let value = instruction.bytes[field.range].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return field.size == 4 ? UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value))) : value
    }

    private mutating func addFunction(at address: UInt64) {
        guard let name = symbols.name(at: address) else { return }
        names[address] = .init(address: address, kind: .function, name: name)
    }

    private func name(of reference: Reference, at address: UInt64, in unit: PatchUnit) -> ReviewDocument.Name {
        let plain = unit.located.unit
        guard let holder = reference.section else {
            // Another file's symbol, or another unit's of the target.
            let start = unit.located.addresses[reference.symbol]?.rawValue ?? address
            return .init(address: address, kind: .function, name: offset(reference.symbol, by: address &- start))
        }
        let known = symbols.place(of: address) ?? reference.symbol
        switch plain.role(holder) {
        case .code: return .init(address: address, kind: .function, name: known)
        case .mergeable where plain.section(holder).flags.contains(.strings):
            return .init(address: address, kind: .text, name: text(at: address))
        case .constant, .variable, .threadLocal, .mergeable, .hooks, .unsupported, .ignored:
            let isNamed = plain.isNamedData(holder) && !known.isEmpty
            return .init(
                address: address, kind: isNamed ? .datum : .table, name: isNamed ? known : plain.section(holder).name)
        }
    }

    private func offset(_ name: String, by distance: UInt64) -> String {
        let signed = Int64(bitPattern: distance)
        if signed == 0 { return name }
        return signed > 0
            ? "\(name)+0x\(String(signed, radix: 16))" : "\(name)-0x\(String(signed.magnitude, radix: 16))"
    }

    /// The text at an address, as much as a page shows of it.
    private func text(at address: UInt64) -> String {
        var bytes: [UInt8] = []
        while bytes.count < ReviewDocument.longestText,
            let byte = target.bytes(atAddress: address &+ UInt64(bytes.count), count: 1)?.first, byte != 0
        {
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ReviewDocument {
    /// How many bytes of a text are kept.
    static let longestText = 160
}
