// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Where a reference of replacement code leads.
enum Destination {
    /// Into the patch: a chunk, and an offset in it.
    case patch(ChunkID, offset: UInt64)
    /// Into the target.
    case target(TargetAddress)
    /// To whatever a slot of the target's global offset table holds.
    case slot(TargetAddress)
    /// To a symbol of another library.
    case process(ImportedSymbol)
}

extension Destination {
    /// Where a binding leads, as far as it is no matter of choice.
    fileprivate init(_ binding: Binding) {
        switch binding {
        case .target(let address), .interposable(let address, _): self = .target(address)
        case .slot(let slot): self = .slot(slot)
        case .patch(let chunk, let offset): self = .patch(chunk, offset: offset)
        case .process(let symbol): self = .process(symbol)
        }
    }

    /// Whether the address is known in the process only, so that a field cannot hold a distance to it.
    fileprivate var isIndirect: Bool {
        switch self {
        case .slot, .process: true
        case .patch, .target: false
        }
    }
}

/// A relocation of a chunk with everything that its field depends on.
struct LinkReference {
    /// The chunk that holds the field.
    var holder: ChunkID
    /// The relocation.
    var relocation: Relocation
    /// The symbol's name, for people.
    var symbol: String
    /// Where it leads.
    var destination: Destination
    /// What the field means.
    var shape: FieldShape
    /// Whether it leads to a definition that could be interposed, past the one that the process has.
    var isBoundDirectly = false

    /// The symbol that is looked up in the process for it, if any.
    var `import`: ImportedSymbol? {
        guard case .process(let symbol) = destination else { return nil }
        return symbol
    }

    /// The slot of its own that the patch needs for the field, if any.
    var ownSlot: SlotKey? {
        switch destination {
        case .slot: nil
        case .process(let symbol): shape.meaning == .absolute ? nil : .process(symbol)
        case .target(let address): shape.meaning == .slot ? .target(address) : nil
        case .patch(let chunk, _): shape.meaning == .slot ? .chunk(chunk) : nil
        }
    }

    /// The slot through which the patch needs a jump, if any.
    var jumpSlot: JumpSlot? {
        guard shape.meaning == .relative else { return nil }
        return switch destination {
        case .slot(let slot): .target(slot)
        case .process(let symbol): .own(.process(symbol))
        case .target, .patch: nil
        }
    }
}

/// Finds out where the references of chunks lead.
struct ReferenceResolver {
    /// The units of the fix.
    let units: [PatchUnit]
    /// What other files' symbols are bound to.
    let binder: SymbolBinder
    /// The sections that are in the patch.
    let included: Set<ChunkID>

    /// All references of a chunk.
    ///
    /// - Throws: ``PatchRefusal`` for one that leads nowhere or has a form that a patch cannot carry.
    func references(of chunk: Chunk) throws(PatchRefusal) -> [LinkReference] {
        let unit = units[chunk.id.unit].diff.fixed
        var references: [LinkReference] = []
        for relocation in chunk.relocations {
            let section = unit.section(chunk.id.section)
            guard let shape = FieldShape(relocation.type), shape.meaning != .threadLocal, relocation.type != .pc64,
                shape.bytes(around: relocation.offset, within: chunk.contents.count) != nil
            else {
                throw .unsupportedRelocation(
                    unit: unit.source, type: relocation.type.description, section: section.name,
                    offset: relocation.offset)
            }
            let reference = try unit.reference(of: relocation, in: chunk.id.section)
            let name = reference.symbol.isEmpty ? reference.section.map(unit.name) ?? "" : reference.symbol
            var (destination, final) = try destination(of: reference, relocation: relocation, in: chunk, name: name)
            if case .target(let called) = destination, !reference.isHidden,
                shape.meaning == .slot || relocation.type == .absolute64,
                let identity = binder.identity(of: name, calledAt: called)
            {
                destination = Destination(identity)
            }
            // The address itself is that which the target's linker has fixed for all, where it has fixed one.
            if case .slot = destination, shape.meaning != .slot, !isBranch(relocation, in: chunk),
                let address = binder.canonicalAddress(of: name)
            {
                destination = .target(address)
            }
            // A pointer in data has no slot to go through: it is what the slot holds.
            if case .slot = destination, relocation.type == .absolute64 {
                destination = .process(binder.imported(name))
            }
            var isBoundDirectly = false
            if destination.isIndirect, shape.meaning != .slot, !isBranch(relocation, in: chunk),
                relocation.type != .absolute64
            {
                guard let final else {
                    throw .unresolvedSymbol(
                        unit: unit.source, symbol: name, function: unit.name(of: chunk.id.section), .unused)
                }
                // The compiler was told that nobody interposes the symbol.
                destination = .target(final)
                isBoundDirectly = true
            }
            references.append(
                LinkReference(
                    holder: chunk.id, relocation: relocation, symbol: name, destination: destination, shape: shape,
                    isBoundDirectly: isBoundDirectly))
        }
        for field in chunk.slotFields {
            let relocation = Relocation(offset: field.offset, type: .pc32, symbol: .null, addend: -4)
            guard let shape = FieldShape(relocation.type) else { continue }
            references.append(
                LinkReference(
                    holder: chunk.id, relocation: relocation, symbol: field.symbol, destination: .target(field.slot),
                    shape: shape))
        }
        return references
    }

    /// Where a reference leads, and the target's definition if that is not the last word.
    private func destination(
        of reference: Reference, relocation: Relocation, in chunk: Chunk, name: String
    ) throws(PatchRefusal) -> (Destination, final: TargetAddress?) {
        let unit = units[chunk.id.unit]
        if let holder = reference.section,
            let destination = destination(
                inUnit: holder, of: reference, relocation: relocation, in: chunk)
        {
            return (destination, nil)
        }
        let doubt: SymbolDoubt
        switch binder.binding(of: name, isHidden: reference.isHidden) {
        case .bound(.patch(let id, let offset)): return (.patch(id, offset: offset), nil)
        case .bound(.target(let address)): return (.target(address), nil)
        case .bound(.slot(let address)): return (.slot(address), nil)
        case .bound(.process(let symbol)): return (.process(symbol), nil)
        case .bound(.interposable(let address, let symbol)): return (.process(symbol), address)
        case .unsearched: doubt = .unsearched
        case .unknown(let reason): doubt = reason
        }
        throw .unresolvedSymbol(
            unit: unit.source, symbol: name, function: unit.diff.fixed.name(of: chunk.id.section), doubt)
    }

    /// Where a reference to the unit's own code or data leads, or nil for a global symbol that the target binds.
    private func destination(
        inUnit holder: SectionIndex, of reference: Reference, relocation: Relocation, in chunk: Chunk
    ) -> Destination? {
        let unit = units[chunk.id.unit]
        let fixed = unit.diff.fixed
        let id = ChunkID(unit: chunk.id.unit, section: holder)
        guard fixed.role(holder) == .code else {
            if included.contains(id) { return .patch(id, offset: reference.offset) }
            guard !reference.isGlobal, case .existing(let partner) = unit.diff.data[holder] else { return nil }
            return unit.address(ofDatum: partner).map {
                .target($0.advanced(by: Int64(bitPattern: reference.offset)))
            }
        }
        guard !fixed.isAssembler else { return destination(inAssembler: id, of: reference, relocation, in: chunk) }
        let name = fixed.name(of: holder)
        guard included.contains(id) else {
            if reference.isGlobal { return nil }
            return unit.address(ofFunction: name).map { .target($0) }
        }
        let isAddress = isFunctionAddress(reference, relocation, in: chunk)
        // A function's own loops and calls of itself stay in the new code.
        guard unit.diff.changed.contains(name), isAddress || holder != chunk.id.section else {
            return .patch(id, offset: reference.offset)
        }
        if reference.isGlobal { return nil }
        // A pointer to a replaced function must outlive a revert, and equal those that exist, also for the function itself:
        // it keeps the function's own address.
        if isAddress, let address = unit.address(ofFunction: name) { return .target(address) }
        return .patch(id, offset: reference.offset)
    }

    /// The same for code of assembler, whose functions share a section.
    private func destination(
        inAssembler id: ChunkID, of reference: Reference, _ relocation: Relocation, in chunk: Chunk
    ) -> Destination? {
        let unit = units[id.unit]
        let offset = Int64(bitPattern: reference.offset)
        guard included.contains(id) else {
            if reference.isGlobal { return nil }
            return unit.address(ofAssembler: id.section).map { .target($0.advanced(by: offset)) }
        }
        // How code is unwound, and where its tables lead, is said of the new code.
        let meaning = FieldShape(relocation.type)?.meaning
        guard chunk.protection == .text || meaning != .relative else { return .patch(id, offset: reference.offset) }
        let isJump = isBranch(relocation, in: chunk)
        // The processor counts from behind the field.
        let place = offset &+ relocation.addend &+ (meaning == .absolute ? 0 : 4)
        // A name with a distance means a place of this code, and not one of the target's.
        let isByName = reference.isGlobal && place == offset
        let entry = unit.diff.fixed.owners[id.section.rawValue].first { symbol in
            isByName ? symbol.name == reference.symbol : Int64(bitPattern: symbol.value) == place
        }
        // Others go by the name, and so does this code: to the function of the target, which may be replaced or stay.
        if isByName {
            let isAdded = entry.map { unit.diff.added.contains($0.name) } ?? true
            return isAdded ? .patch(id, offset: reference.offset) : nil
        }
        // A pointer to a function must outlive a revert.
        guard !isJump, let entry, let address = unit.address(ofFunction: entry.name) else {
            return .patch(id, offset: reference.offset)
        }
        return .target(address.advanced(by: offset &- Int64(bitPattern: entry.value)))
    }

    /// Whether a field holds the address of a function's entry, rather than a jump, a call or a place inside.
    private func isFunctionAddress(_ reference: Reference, _ relocation: Relocation, in chunk: Chunk) -> Bool {
        switch relocation.type {
        case .absolute64, .absolute32, .absolute32Signed: reference.offset == 0 && relocation.addend == 0
        default:
            chunk.protection == .text && !isBranch(relocation, in: chunk)
                && Int64(bitPattern: reference.offset) &+ relocation.addend &+ 4 == 0
        }
    }

    /// Whether a field is the operand of `call`, `jmp` or a conditional jump.
    private func isBranch(_ relocation: Relocation, in chunk: Chunk) -> Bool {
        if relocation.type == .plt32 { return true }
        guard chunk.protection == .text, relocation.type == .pc32, let offset = Int(exactly: relocation.offset) else {
            return false
        }
        return Branch(operandAt: offset, of: chunk.contents) != nil
    }
}
