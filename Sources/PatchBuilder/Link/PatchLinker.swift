// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Links replacement code: lays out an image, resolves what is known now, and leaves the rest as load relocations.
struct PatchLinker {
    /// The image with every field that does not depend on the process.
    private(set) var image = Image(parts: [])
    /// The fields that do.
    private(set) var relocations: [LoadRelocation] = []
    /// Where each chunk lies in the image.
    let layout: PatchLayout
    /// What of the patch's memory its code hands the addresses of out; nil if that cannot be told.
    let heldMemory: [Manifest.HeldMemory]?
    /// Symbols that are bound to a definition that could be interposed.
    private(set) var boundDirectly: Set<String> = []
    /// Symbols that the target itself neither defines nor imports.
    let addedImports: Set<ImportedSymbol>
    private var bytes: [Image.Protection: [UInt8]] = [:]
    /// The names of the variables that the patch adds.
    private let variables: [ChunkID: String]

    /// Links the contents of a patch.
    ///
    /// - Throws: ``PatchRefusal`` for a reference that cannot be resolved or carried.
    init(_ contents: PatchContents, binder: SymbolBinder) throws(PatchRefusal) {
        variables = Dictionary(
            uniqueKeysWithValues: contents.chunks.filter { $0.protection == .data }.map { chunk in
                (chunk.id, contents.units[chunk.id.unit].diff.fixed.name(of: chunk.id.section))
            })
        let resolver = ReferenceResolver(
            units: contents.units, binder: binder, included: Set(contents.chunks.map(\.id)))
        let threadLocals = ThreadLocalLinker(units: contents.units, storage: binder.threadStorage)
        var chunks: [Chunk] = []
        var references: [LinkReference] = []
        for chunk in contents.chunks {
            let linked = try threadLocals.linked(chunk)
            chunks.append(linked)
            references += try resolver.references(of: linked)
        }
        layout = PatchLayout(
            chunks: chunks, jumps: references.compactMap(\.jumpSlot).uniqued(),
            slots: references.compactMap(\.ownSlot).uniqued())
        heldMemory = HeldMemory(of: layout.chunks).kinds(references)
        boundDirectly = Set(references.filter(\.isBoundDirectly).map(\.symbol))
        addedImports = Set(references.compactMap(\.import)).filter { !binder.isImported($0) }
        fillParts()
        fillJumps(named: references)
        fillSlots(named: references)
        for reference in references { try fill(reference) }
        image.parts = layout.extents.sorted { $0.key < $1.key }.map { protection, extent in
            Image.Part(
                protection: protection, offset: extent.offset, contents: bytes[protection] ?? [],
                memorySize: extent.memory)
        }
        relocations.sort { $0.offset < $1.offset }
    }

    /// The symbols for which the source is to be searched before the contents can be linked.
    static func unsearchedSymbols(of contents: PatchContents, binder: SymbolBinder) throws(PatchRefusal) -> Set<String>
    {
        var symbols: Set<String> = []
        for chunk in contents.chunks {
            let unit = contents.units[chunk.id.unit].diff.fixed
            for relocation in unit.relocations[chunk.id.section.rawValue] {
                let reference = try unit.reference(of: relocation, in: chunk.id.section)
                guard reference.section == nil || reference.isGlobal,
                    case .unsearched = binder.binding(of: reference.symbol, isHidden: reference.isHidden)
                else { continue }
                symbols.insert(reference.symbol)
            }
        }
        return symbols
    }

    /// Copies the chunks; gaps in code are `int3`.
    private mutating func fillParts() {
        for (protection, extent) in layout.extents {
            let filler: UInt8 = protection == .text ? 0xcc : 0
            bytes[protection] = [UInt8](repeating: filler, count: Int(extent.stored))
        }
        for chunk in layout.chunks where !chunk.contents.isEmpty { store(chunk.contents, at: chunk.offset) }
    }

    private mutating func fillJumps(named references: [LinkReference]) {
        for (slot, offset) in layout.jumps {
            store([0xff, 0x25, 0, 0, 0, 0, 0xcc, 0xcc], at: offset)  // jmp *slot(%rip)
            switch slot {
            case .target(let address):
                let symbol = references.first { $0.jumpSlot == slot }?.symbol ?? ""
                relocations.append(
                    LoadRelocation(
                        offset: offset + 2, kind: .relative32, target: address.rawValue, addend: -4, symbol: symbol))
            case .own(let key):
                store(distanceTo: layout.ownSlots[key] ?? 0, addend: -4, at: offset + 2)
            }
        }
    }

    private mutating func fillSlots(named references: [LinkReference]) {
        for (key, offset) in layout.ownSlots {
            switch key {
            case .target(let address):
                let symbol = references.first { $0.ownSlot == key }?.symbol ?? ""
                relocations.append(
                    LoadRelocation(
                        offset: offset, kind: .absolute64, target: address.rawValue, addend: 0, symbol: symbol))
            case .chunk(let id) where variable(id) != nil:
                relocations.append(
                    LoadRelocation(
                        offset: offset, kind: .absolute64, variable: layout.offsets[id] ?? 0, addend: 0,
                        symbol: variable(id) ?? ""))
            case .chunk(let id):
                relocations.append(
                    LoadRelocation(offset: offset, kind: .absolute64, patchOffset: Int64(layout.offsets[id] ?? 0)))
            case .process(let symbol):
                relocations.append(LoadRelocation(offset: offset, imported: symbol, addend: 0))
            }
        }
    }

    /// Fills a field, or leaves it to the patcher.
    private mutating func fill(_ reference: LinkReference) throws(PatchRefusal) {
        let relocation = reference.relocation
        let field = (layout.offsets[reference.holder] ?? 0) + relocation.offset
        if let slot = reference.jumpSlot, let jump = layout.jumps[slot] {
            return store(distanceTo: jump, addend: relocation.addend, at: field)
        }
        if let key = reference.ownSlot, let slot = layout.ownSlots[key] {
            return store(distanceTo: slot, addend: relocation.addend, at: field)
        }
        switch reference.destination {
        case .patch(let id, let offset) where variable(id) != nil:
            relocations.append(
                LoadRelocation(
                    offset: field, kind: absoluteKind(of: relocation.type) ?? .relative32,
                    variable: layout.offsets[id] ?? 0, addend: Int64(bitPattern: offset) &+ relocation.addend,
                    symbol: variable(id) ?? ""))
        case .patch(let id, let offset):
            let place = (layout.offsets[id] ?? 0) + offset
            guard let kind = absoluteKind(of: relocation.type) else {
                return store(distanceTo: place, addend: relocation.addend, at: field)
            }
            relocations.append(
                LoadRelocation(offset: field, kind: kind, patchOffset: Int64(place) &+ relocation.addend))
        case .process(let symbol):
            relocations.append(LoadRelocation(offset: field, imported: symbol, addend: relocation.addend))
        case .target(let address), .slot(let address):
            relocations.append(
                LoadRelocation(
                    offset: field, kind: absoluteKind(of: relocation.type) ?? .relative32, target: address.rawValue,
                    addend: relocation.addend, symbol: reference.symbol))
        }
    }

    /// The name of a variable of the patch: it may lie in an earlier level, which the patcher finds out.
    private func variable(_ id: ChunkID) -> String? { variables[id] }

    private func absoluteKind(of type: RelocationType) -> LoadRelocation.Kind? {
        switch type {
        case .absolute64: .absolute64
        case .absolute32: .absolute32
        case .absolute32Signed: .absolute32Signed
        default: nil
        }
    }

    /// Stores a 32-bit distance between two places of the image, which ``Artefact/Limit/imageSize`` keeps in range.
    private mutating func store(distanceTo place: UInt64, addend: Int64, at field: UInt64) {
        let distance = UInt32(truncatingIfNeeded: Int64(place) &+ addend &- Int64(field))
        store(littleEndian(distance), at: field)
    }

    private mutating func store(_ new: [UInt8], at offset: UInt64) {
        for (protection, extent) in layout.extents where offset >= extent.offset {
            let start = Int(offset - extent.offset)
            guard start + new.count <= Int(extent.stored) else { continue }
            bytes[protection]?.replaceSubrange(start..<start + new.count, with: new)
            return
        }
    }
}
