// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Makes replacement code reach the thread-local variables that exist, by the target's own slots.
///
/// Where the target has no slot since its linker did without, the code is rewritten as that linker has rewritten the
/// target's: in a program, whose block lies where every thread begins, to fixed offsets; else to an offset in a slot.
struct ThreadLocalLinker {
    /// The units of the fix.
    let units: [PatchUnit]
    /// The target's thread-local storage.
    let storage: ThreadStorage

    /// The symbol that local dynamic code with descriptors uses for the block's beginning.
    private static let moduleBase = "_TLS_MODULE_BASE_"

    /// What a reference is to, and what is done with its field.
    private enum Access {
        /// The distance to this slot.
        case slot(TargetAddress)
        /// Another sequence, with this offset from the thread pointer.
        case localExec(Int64)
        /// Another sequence, through this slot with an offset.
        case initialExec(TargetAddress)
        /// This number.
        case constant(Int64)
    }

    /// A chunk whose thread-local references are filled, or left as fields that lead to slots.
    ///
    /// - Throws: ``PatchRefusal/newThreadLocal(unit:symbol:function:)``,
    ///   ``PatchRefusal/unreachableThreadLocal(unit:symbol:function:)``.
    func linked(_ chunk: Chunk) throws(PatchRefusal) -> Chunk {
        let isThreadLocal = { (relocation: Relocation) in
            FieldShape(relocation.type)?.meaning == .threadLocal
        }
        guard chunk.relocations.contains(where: isThreadLocal) else { return chunk }
        let unit = units[chunk.id.unit]
        var linked = chunk
        linked.relocations = []
        var rewrittenCalls: Set<UInt64> = []
        for relocation in chunk.relocations where !rewrittenCalls.contains(relocation.offset) {
            guard isThreadLocal(relocation) else {
                linked.relocations.append(relocation)
                continue
            }
            let reference = try unit.diff.fixed.reference(of: relocation, in: chunk.id.section)
            let function = unit.diff.fixed.name(of: chunk.id.section)
            let symbol = reference.symbol
            let sequence = ThreadLocalSequence(relocation, in: chunk.contents)
            guard let variable = try variable(of: reference, in: unit, function: function),
                let access = access(to: variable, by: relocation, isBase: symbol == Self.moduleBase),
                apply(access, of: relocation, sequence, symbol: symbol, to: &linked)
            else { throw .unreachableThreadLocal(unit: unit.source, symbol: symbol, function: function) }
            switch access {
            case .localExec, .initialExec: if let call = sequence?.call { rewrittenCalls.insert(call) }
            case .slot, .constant: break
            }
        }
        return linked
    }

    /// The variable that a reference is to; nil if nothing tells.
    private func variable(
        of reference: Reference, in unit: PatchUnit, function: String
    ) throws(PatchRefusal) -> ThreadVariable? {
        if reference.symbol == Self.moduleBase { return .own(0) }
        if reference.isGlobal {
            let told = units.lazy.compactMap { $0.located.threadVariables[reference.symbol] }.first
            if let known = storage.variable(named: reference.symbol) ?? told { return known }
        }
        guard let section = reference.section else { return nil }
        guard case .existing(let partner) = unit.diff.data[section] else {
            throw .newThreadLocal(unit: unit.source, symbol: reference.symbol, function: function)
        }
        return unit.threadOffset(ofDatum: partner).map {
            .own($0 &+ Int64(bitPattern: reference.offset))
        }
    }

    private func access(to variable: ThreadVariable, by relocation: Relocation, isBase: Bool)
        -> Access?
    {
        var fixed: Int64?
        if case .own(let offset) = variable, let block = storage.programBlock {
            fixed = isBase || relocation.type == .tlsLD ? 0 : offset &- block
        }
        switch relocation.type {
        case .tlsThreadOffset32:
            return fixed.map { .constant($0 &+ relocation.addend) }
        case .tlsModuleOffset32:
            guard case .own(let offset) = variable else { return nil }
            return .constant((fixed ?? offset) &+ relocation.addend)
        case .tlsLD:
            // In a program, the offsets that follow count from the thread pointer, whether it has such a slot or not.
            if let fixed { return .localExec(fixed) }
            return storage.slot(.pair, of: .own(0)).map { .slot($0) }
        case .tlsGD:
            return access(to: variable, by: .pair, fixed)
        case .gotTLSThreadOffset:
            return storage.slot(.offset, of: variable).map { .slot($0) } ?? fixed.map { .localExec($0) }
        case .tlsDescriptorGotPC32, .tlsDescriptorCall:
            return isBase && fixed != nil ? .localExec(0) : access(to: variable, by: .descriptor, fixed)
        default:
            return nil
        }
    }

    private func access(
        to variable: ThreadVariable, by slot: ThreadStorage.Slot, _ fixed: Int64?
    ) -> Access? {
        if let address = storage.slot(slot, of: variable) { return .slot(address) }
        if let fixed { return .localExec(fixed) }
        return storage.slot(.offset, of: variable).map { .initialExec($0) }
    }

    /// Fills a field or rewrites its sequence; false if that is not possible.
    private func apply(
        _ access: Access, of relocation: Relocation, _ sequence: ThreadLocalSequence?, symbol: String,
        to chunk: inout Chunk
    ) -> Bool {
        switch access {
        case .slot(let address):
            // The call through a descriptor has no field.
            guard relocation.type != .tlsDescriptorCall else { return true }
            guard relocation.addend == -4 else { return false }
            chunk.slotFields.append(SlotField(offset: relocation.offset, slot: address, symbol: symbol))
        case .localExec(let offset):
            guard let sequence, let offset = Int32(exactly: offset) else { return false }
            chunk.contents.replaceSubrange(sequence.range, with: sequence.localExec(offset))
        case .initialExec(let slot):
            guard let sequence, let (code, field) = sequence.initialExec() else { return false }
            chunk.contents.replaceSubrange(sequence.range, with: code)
            if let field { chunk.slotFields.append(SlotField(offset: field, slot: slot, symbol: symbol)) }
        case .constant(let value):
            guard let value = Int32(exactly: value), let field = Int(exactly: relocation.offset),
                field <= chunk.contents.count - 4
            else { return false }
            chunk.contents.replaceSubrange(field..<field + 4, with: littleEndian(value))
        }
        return true
    }
}
