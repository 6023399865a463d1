// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A unit whose changes go into a live patch.
struct KernelPatchUnit {
    let selection: PieceSelection
    let linkage: KernelLinkage

    var unit: KernelUnit { selection.diff.patched }
}

/// What the object file of a live patch is made for.
struct KernelObjectUse: Sendable, Equatable {
    /// Whether calls of the tracer that are not listed yet get into the list.
    ///
    /// A build of the kernel that runs its own tools on the module makes the list itself.
    var listsTracerCalls = false
}

/// The object file of a live patch: the changed functions of all units with what they need, and the table of what they
/// replace.
///
/// References to what the running kernel has are to undefined symbols, whose names the livepatch core understands once
/// ``LivepatchModule`` has put them in its sections.
struct KernelPatchObject {
    /// A function that is replaced.
    struct Replacement: Hashable {
        var symbol: LivepatchSymbol
        var unit: String
        var size: UInt64
    }

    /// A function that is called when the patch comes or goes.
    struct Callback: Hashable {
        var moment: KernelCallback.Moment
        var object: String
        var function: String
    }

    var replacements: [Replacement] = []
    /// In the order in which they are called when the patch comes.
    var callbacks: [Callback] = []
    /// The names of the functions and data that come with the patch.
    private(set) var additions: [String] = []
    /// The symbols that are left to the module's build.
    private(set) var unknown: Set<String> = []
    /// The tracepoints and messages of modules that the new code does not have any more.
    var silent: Set<String> = []

    let units: [KernelPatchUnit]
    let use: KernelObjectUse
    var writer = ObjectWriter(type: .relocatable)
    /// For each unit, the symbols of what it brings.
    private(set) var symbols: [[Int: SymbolReference]] = []
    /// For each unit, the sections of what it brings.
    private(set) var sections: [[Int: SectionIndex]] = []
    /// The symbols of sections that records need.
    var sectionSymbols: [SectionIndex: SymbolReference] = [:]
    private var undefined: [KernelLinkage.Symbol: SymbolReference] = [:]
    private var linkage: [SymbolReference: KernelLinkage.Symbol] = [:]
    /// What units bring that others may refer to.
    private var shared: [String: SymbolReference] = [:]

    /// Puts the changes of units together.
    ///
    /// - Throws: ``KernelRefusal``.
    init(_ units: [KernelPatchUnit], for use: KernelObjectUse = KernelObjectUse()) throws(KernelRefusal) {
        self.units = units
        self.use = use
        for unit in units.indices { addPieces(of: unit) }
        for unit in units.indices { try link(unit) }
        try addFunctionTable()
        try addCallbackTable()
        addNamespaces()
    }

    /// The object file.
    ///
    /// - Throws: ``KernelRefusal/unwritable(_:)``.
    func write() throws(KernelRefusal) -> [UInt8] {
        do throws(ELFError) {
            return try writer.write()
        } catch {
            throw .unwritable(error)
        }
    }

    private mutating func addPieces(of position: Int) {
        let unit = units[position].unit
        let diff = units[position].selection.diff
        var symbols: [Int: SymbolReference] = [:]
        var sections: [Int: SectionIndex] = [:]
        for number in units[position].selection.pieces {
            let piece = unit.pieces[number]
            let index = writer.add(Self.draft(of: piece, in: unit))
            sections[number] = index
            let entry = piece.entry - piece.range.lowerBound
            if let room = piece.room, entry > 0 {
                _ = writer.add(
                    SymbolDraft(name: room.name, size: entry, kind: .function, binding: .local, place: .section(index)))
            }
            // What comes along as it was is found by the name that the kernel has for it, and has none here.
            guard piece.role != .fragments, !diff.carried.contains(number) else {
                symbols[number] = writer.add(
                    SymbolDraft(name: "", kind: .section, binding: .local, place: .section(index)))
                continue
            }
            let reference = writer.add(
                SymbolDraft(
                    name: unit.title(of: number), value: entry, size: piece.range.upperBound - piece.entry,
                    kind: piece.isFunction ? .function : .object, binding: .local, place: .section(index)))
            symbols[number] = reference
            guard diff.pairing.partner[number] == nil else { continue }
            additions.append(unit.title(of: number))
            for symbol in piece.symbols where symbol.binding != .local { shared[symbol.name] = reference }
        }
        self.symbols.append(symbols)
        self.sections.append(sections)
    }

    private static func draft(of piece: KernelPiece, in unit: KernelUnit) -> SectionDraft {
        let source = unit.section(piece.section)
        let isWhole = piece.range == 0..<source.size
        let name = piece.name ?? "nameless"
        // A section of many pieces may be one that the kernel treats in its own way; one piece's own is not.
        let keepsName =
            isWhole || source.name.hasPrefix(".data..percpu") || piece.role == .fragments
            || KernelSectionRole.debugMessageSections.contains(source.name)
        let base: String =
            switch piece.role {
            case .code: ".text"
            case .constants: ".rodata"
            default: source.type == .noBits ? ".bss" : ".data"
            }
        let title = keepsName ? source.name : "\(base).\(name)"
        let flags = source.flags.intersection([.allocate, .write, .execute])
        if source.type == .noBits {
            return SectionDraft(
                name: title, flags: flags, alignment: max(1, source.alignment),
                zeroCount: piece.range.upperBound - piece.range.lowerBound)
        }
        let contents = source.bytes(at: piece.range.lowerBound, count: piece.range.length) ?? []
        return SectionDraft(
            name: title, flags: flags, alignment: max(1, source.alignment), contents: Array(contents))
    }

    private mutating func link(_ position: Int) throws(KernelRefusal) {
        let patchUnit = units[position]
        let unit = patchUnit.unit
        var constants = ConstantPool()
        var records = RecordTables()
        for number in patchUnit.selection.pieces {
            guard let section = sections[position][number] else { continue }
            let piece = unit.pieces[number]
            let code = unit.plainBytes(of: number)
            for reference in try unit.references(in: piece.section, piece.range) {
                let isBranch = piece.isCode && Branch(operandAt: Int(reference.offset), of: code) != nil
                let (symbol, addend) = try resolve(
                    reference, from: number, isBranch: isBranch, in: position, &constants)
                writer.addRelocation(
                    at: reference.offset, of: section, type: reference.type, symbol: symbol, addend: addend)
            }
            if piece.isCode { try records.add(recordsOf: number, of: unit) }
            if piece.isFunction { try listTracerCall(of: number, in: position) }
        }
        try write(records, of: position, &constants)
        constants.finish(&writer)
    }

    /// The symbol and the addend by which the patch refers to what a unit's field refers to.
    mutating func resolve(
        _ reference: KernelReference, from number: Int, isBranch: Bool, in position: Int,
        _ constants: inout ConstantPool
    ) throws(KernelRefusal) -> (SymbolReference, Int64) {
        let patchUnit = units[position]
        let unit = patchUnit.unit
        let function = unit.title(of: number)
        switch reference.target {
        case .external(let name):
            if let known = shared[name] { return (known, reference.addend) }
            return (try undefined(patchUnit.linkage.external(name, for: function, of: unit)), reference.addend)
        case .constant(let bytes, let alignment):
            let (symbol, offset) = constants.place(of: bytes, alignment: alignment, in: &writer)
            return (symbol, reference.addend &+ Int64(offset))
        case .replacement:
            throw .unsupportedSymbol(
                unit: unit.name, symbol: ".altinstr_replacement", section: function, offset: reference.offset)
        case .piece(let target):
            let diff = patchUnit.selection.diff
            // Who keeps a function's address may use it when the patch is gone: it is that of the function itself.
            let isAddress = !isBranch && field(reference, isEntryOf: target, in: unit) && diff.changed.contains(target)
            if !(isAddress && diff.pairing.partner[target] != nil),
                let own = own(target, in: position, reference.addend)
            {
                return own
            }
            guard let partner = diff.pairing.partner[target] else {
                throw .unknownSymbol(
                    unit: unit.name, symbol: unit.title(of: target), function: function,
                    parent: patchUnit.linkage.parent)
            }
            let existing = diff.original.pieces[partner]
            let piece = unit.pieces[target]
            let addend = reference.addend &- Int64(bitPattern: piece.entry &- piece.range.lowerBound)
            return (
                try undefined(.livepatch(patchUnit.linkage.own(existing, for: function, of: diff.original))), addend
            )
        }
    }

    /// The symbol and the addend for a place of a piece that the patch brings; nil if it does not.
    func own(_ piece: Int, in position: Int, _ place: Int64) -> (SymbolReference, Int64)? {
        guard let symbol = symbols[position][piece] else { return nil }
        let part = units[position].unit.pieces[piece]
        let isSection = part.role == .fragments || units[position].selection.diff.carried.contains(piece)
        return (symbol, isSection ? place : place &- Int64(bitPattern: part.entry &- part.range.lowerBound))
    }

    /// Whether a field holds the address of a function's beginning, or the distance to it.
    func field(_ reference: KernelReference, isEntryOf target: Int, in unit: KernelUnit) -> Bool {
        let piece = unit.pieces[target]
        guard piece.isFunction else { return false }
        let entry = Int64(bitPattern: piece.entry &- piece.range.lowerBound)
        switch FieldShape(reference.type)?.meaning {
        case .absolute: return reference.addend == entry
        // What follows the field in its instruction is at most an immediate of four bytes.
        case .relative: return (entry - 8...entry - 4).contains(reference.addend)
        default: return false
        }
    }

    mutating func undefined(_ symbol: KernelLinkage.Symbol) -> SymbolReference {
        if let known = undefined[symbol] { return known }
        let name =
            switch symbol {
            case .exported(let name): name
            case .unknown(let name): name
            case .livepatch(let symbol): symbol.draftName
            }
        if case .unknown = symbol { unknown.insert(name) }
        let reference = writer.add(SymbolDraft(name: name, place: .undefined))
        undefined[symbol] = reference
        linkage[reference] = symbol
        return reference
    }

    /// The symbol of the running kernel that a reference is to; nil if it is to the patch's own.
    func livepatchSymbol(of reference: SymbolReference) -> LivepatchSymbol? {
        guard case .livepatch(let symbol) = linkage[reference] else { return nil }
        return symbol
    }
}
