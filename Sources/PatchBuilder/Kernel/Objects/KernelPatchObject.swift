// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A unit whose changes go into a live patch.
struct KernelPatchUnit {
    let selection: PieceSelection
    let linkage: KernelLinkage

    var unit: KernelUnit { selection.diff.patched }
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

    private(set) var replacements: [Replacement] = []
    /// The names of the functions and data that come with the patch.
    private(set) var additions: [String] = []

    private let units: [KernelPatchUnit]
    private var writer = ObjectWriter(type: .relocatable)
    private var symbols: [[Int: SymbolReference]] = []
    private var undefined: [String: SymbolReference] = [:]
    /// What units bring that others may refer to.
    private var shared: [String: SymbolReference] = [:]

    /// Puts the changes of units together.
    ///
    /// - Throws: ``KernelRefusal``.
    init(_ units: [KernelPatchUnit]) throws(KernelRefusal) {
        self.units = units
        for unit in units.indices { addPieces(of: unit) }
        for unit in units.indices { try link(unit) }
        try addTable()
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

    private var sections: [[Int: SectionIndex]] = []

    private mutating func addPieces(of position: Int) {
        let unit = units[position].unit
        var symbols: [Int: SymbolReference] = [:]
        var sections: [Int: SectionIndex] = [:]
        for number in units[position].selection.pieces {
            let piece = unit.pieces[number]
            let source = unit.section(piece.section)
            let index = writer.add(Self.draft(of: piece, in: unit))
            sections[number] = index
            let entry = piece.entry - piece.range.lowerBound
            let reference = writer.add(
                SymbolDraft(
                    name: unit.title(of: number), value: entry, size: piece.range.upperBound - piece.entry,
                    kind: piece.isFunction ? .function : .object, binding: .local, place: .section(index)))
            symbols[number] = reference
            let isNew = units[position].selection.diff.pairing.partner[number] == nil
            guard isNew, source.type != .null else { continue }
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
        let keepsName = isWhole || source.name.hasPrefix(".data..percpu") || source.name == "__dyndbg"
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
        let contents = source.bytes(at: piece.range.lowerBound, count: Int(piece.range.count)) ?? []
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
                let isBranch = piece.isFunction && Branch(operandAt: Int(reference.offset), of: code) != nil
                let (symbol, addend) = try resolve(
                    reference, from: number, isBranch: isBranch, in: position, &constants)
                writer.addRelocation(
                    at: reference.offset, of: section, type: reference.type, symbol: symbol, addend: addend)
            }
            if piece.isFunction { try records.add(recordsOf: number, of: unit) }
        }
        try write(records, of: position, &constants)
        constants.finish(&writer)
    }

    /// The symbol and the addend by which the patch refers to what a unit's field refers to.
    private mutating func resolve(
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
            let piece = unit.pieces[target]
            let addend = reference.addend &- Int64(bitPattern: piece.entry &- piece.range.lowerBound)
            let diff = patchUnit.selection.diff
            // Who keeps a function's address may use it when the patch is gone: it is that of the function itself.
            let isAddress = !isBranch && field(reference, isEntryOf: target, in: unit) && diff.changed.contains(target)
            if let own = symbols[position][target], !(isAddress && diff.pairing.partner[target] != nil) {
                return (own, addend)
            }
            guard let partner = diff.pairing.partner[target] else {
                throw .unknownSymbol(
                    unit: unit.name, symbol: unit.title(of: target), function: function,
                    parent: patchUnit.linkage.parent)
            }
            let existing = diff.original.pieces[partner]
            return (
                try undefined(.livepatch(patchUnit.linkage.own(existing, for: function, of: diff.original))), addend
            )
        }
    }

    /// Whether a field holds the address of a function's beginning, or the distance to it.
    private func field(_ reference: KernelReference, isEntryOf target: Int, in unit: KernelUnit) -> Bool {
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

    private mutating func undefined(_ symbol: KernelLinkage.Symbol) -> SymbolReference {
        let name =
            switch symbol {
            case .exported(let name): name
            case .livepatch(let symbol): symbol.draftName
            }
        if let known = undefined[name] { return known }
        let reference = writer.add(SymbolDraft(name: name, place: .undefined))
        undefined[name] = reference
        return reference
    }

    private mutating func write(
        _ tables: RecordTables, of position: Int, _ constants: inout ConstantPool
    ) throws(KernelRefusal) {
        let unit = units[position].unit
        var replacements: SectionIndex?
        let replaced = tables.replacements(of: unit)
        if !replaced.contents.isEmpty {
            replacements = writer.add(
                SectionDraft(
                    name: ".altinstr_replacement", flags: [.allocate, .execute], contents: replaced.contents))
        }
        let replacementSymbol = replacements.map { section in
            writer.add(SymbolDraft(name: "", kind: .section, binding: .local, place: .section(section)))
        }
        for table in tables.tables {
            let source = unit.section(table.section)
            var contents: [UInt8] = []
            for entry in table.entries { contents += entry.bytes(in: unit, of: source) }
            let section = writer.add(
                SectionDraft(
                    name: source.name, flags: source.flags.intersection([.allocate, .write]),
                    alignment: max(1, source.alignment), contents: contents))
            var start: UInt64 = 0
            for entry in table.entries {
                for reference in try unit.references(in: table.section, entry.range) {
                    let place = start + reference.offset
                    if case .replacement(let holder) = reference.target, let symbol = replacementSymbol {
                        let range = try unit.replacement(of: entry.record, at: reference.addend, in: holder)
                        writer.addRelocation(
                            at: place, of: section, type: reference.type, symbol: symbol,
                            addend: Int64(replaced.place(of: range)))
                        continue
                    }
                    var (symbol, addend) = try resolve(
                        reference, from: entry.record.piece, isBranch: true, in: position, &constants)
                    if let moved = entry.placeInPiece, reference.offset == 0,
                        let own = symbols[position][entry.record.piece]
                    {
                        let piece = unit.pieces[entry.record.piece]
                        (symbol, addend) = (own, moved &- Int64(bitPattern: piece.entry &- piece.range.lowerBound))
                    }
                    try requireNoKeyOfModule(symbol, table.kind, reference, in: position)
                    writer.addRelocation(at: place, of: section, type: reference.type, symbol: symbol, addend: addend)
                }
                start += entry.range.upperBound - entry.range.lowerBound
            }
        }
        guard let replacements, let holder = unit.object.section(named: ".altinstr_replacement") else { return }
        for range in replaced.ranges {
            for reference in try unit.references(in: holder.index, range) {
                let (symbol, addend) = try resolve(
                    reference, from: units[position].selection.pieces[0], isBranch: true, in: position, &constants)
                writer.addRelocation(
                    at: replaced.place(of: range) + reference.offset, of: replacements, type: reference.type,
                    symbol: symbol, addend: addend)
            }
        }
    }

    /// Refuses what the kernel reads before it has resolved a module's symbols: jump labels and static calls.
    private func requireNoKeyOfModule(
        _ symbol: SymbolReference, _ kind: SpecialSection, _ reference: KernelReference, in position: Int
    ) throws(KernelRefusal) {
        guard ["__jump_table", ".static_call_sites", ".altinstructions"].contains(kind.name),
            let name = undefined.first(where: { $0.value == symbol })?.key,
            let (title, user) = LivepatchSymbol.user(ofDraft: name), user != KernelLinkage.kernel
        else { return }
        throw .obstacles([
            KernelObstacle(
                kind: .keyInModule, unit: units[position].unit.name,
                symbol: String(title.dropFirst(LivepatchSymbol.prefix.count)), section: kind.name)
        ])
    }

    /// The table that the module's glue reads: `struct kaketsugi_function` of `module.c`.
    private mutating func addTable() throws(KernelRefusal) {
        var rows: [(symbol: LivepatchSymbol, new: SymbolReference)] = []
        for (position, patchUnit) in units.enumerated() {
            let diff = patchUnit.selection.diff
            for number in diff.replaced {
                guard let partner = diff.pairing.partner[number], let new = symbols[position][number] else { continue }
                let old = try patchUnit.linkage.own(
                    diff.original.pieces[partner], for: diff.patched.title(of: number), of: diff.original)
                rows.append((old, new))
                replacements.append(
                    Replacement(
                        symbol: old, unit: patchUnit.unit.name,
                        size: UInt64(diff.patched.pieces[number].range.count)))
            }
        }
        let rowSize: UInt64 = 32
        var contents = [UInt8](repeating: 0, count: rows.count * Int(rowSize))
        for (number, row) in rows.enumerated() {
            for byte in 0..<8 {
                contents[number * Int(rowSize) + 24 + byte] = UInt8(
                    truncatingIfNeeded: row.symbol.position >> (8 * byte))
            }
        }
        let table = writer.add(
            SectionDraft(
                name: ".data.kaketsugi_functions", flags: [.allocate, .write], alignment: 8, contents: contents))
        var names = ConstantPool()
        for (number, row) in rows.enumerated() {
            let start = UInt64(number) * rowSize
            for (field, text) in [(0, row.symbol.object), (8, row.symbol.name)] as [(UInt64, String)] {
                let (symbol, offset) = names.place(of: Array(text.utf8) + [0], alignment: 1, in: &writer)
                writer.addRelocation(
                    at: start + field, of: table, type: .absolute64, symbol: symbol, addend: Int64(offset))
            }
            writer.addRelocation(at: start + 16, of: table, type: .absolute64, symbol: row.new, addend: 0)
        }
        names.finish(&writer)
        let count = UInt64(rows.count)
        let counter = writer.add(
            SectionDraft(
                name: ".rodata.kaketsugi_function_count", flags: [.allocate], alignment: 8,
                contents: (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }))
        _ = writer.add(
            SymbolDraft(
                name: "kaketsugi_functions", size: UInt64(contents.count), kind: .object, place: .section(table)))
        _ = writer.add(
            SymbolDraft(name: "kaketsugi_function_count", size: 8, kind: .object, place: .section(counter)))
    }
}
