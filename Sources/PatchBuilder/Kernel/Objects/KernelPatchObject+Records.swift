// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension KernelPatchObject {
    /// Writes the records of what a unit brings.
    mutating func write(
        _ tables: RecordTables, of position: Int, _ constants: inout ConstantPool
    ) throws(KernelRefusal) {
        let unit = units[position].unit
        let replaced = tables.replacements(of: unit)
        var replacementSymbol: SymbolReference?
        if !replaced.contents.isEmpty {
            replacementSymbol = try write(replaced, of: position, &constants)
        }
        for table in tables.tables {
            let source = unit.section(table.section)
            var kept: [RecordTables.Entry] = []
            for entry in table.entries where try isKept(entry, of: table, in: position) { kept.append(entry) }
            guard !kept.isEmpty else { continue }
            let section = writer.add(
                SectionDraft(
                    name: source.name, flags: source.flags.intersection([.allocate, .write]),
                    alignment: max(1, source.alignment), contents: kept.flatMap { $0.bytes(of: source) }))
            var start: UInt64 = 0
            for entry in kept {
                for reference in try unit.references(in: table.section, entry.range) {
                    let place = start + reference.offset
                    if case .replacement(let holder) = reference.target {
                        let range = try unit.replacement(of: entry.record, at: reference.addend, in: holder)
                        guard let symbol = replacementSymbol ?? symbols[position][entry.record.piece] else { continue }
                        writer.addRelocation(
                            at: place, of: section, type: reference.type, symbol: symbol,
                            addend: Int64(replaced.place(of: range)))
                        continue
                    }
                    if table.kind.isNote, case .piece(let piece) = reference.target,
                        let holder = sections[position][piece]
                    {
                        // The tool knows places by sections alone.
                        writer.addRelocation(
                            at: place, of: section, type: reference.type, symbol: symbol(ofSection: holder),
                            addend: reference.addend)
                        continue
                    }
                    let (symbol, addend) = try target(of: reference, of: entry, in: position, &constants)
                    try requireNoKeyOfModule(symbol, table.kind, in: position)
                    writer.addRelocation(at: place, of: section, type: reference.type, symbol: symbol, addend: addend)
                }
                start += entry.record.size
            }
        }
    }

    private mutating func symbol(ofSection section: SectionIndex) -> SymbolReference {
        if let known = sectionSymbols[section] { return known }
        let symbol = writer.add(SymbolDraft(name: "", kind: .section, binding: .local, place: .section(section)))
        sectionSymbols[section] = symbol
        return symbol
    }

    private mutating func target(
        of reference: KernelReference, of entry: RecordTables.Entry, in position: Int, _ constants: inout ConstantPool
    ) throws(KernelRefusal) -> (SymbolReference, Int64) {
        if let moved = entry.placeInPiece, reference.offset == 0,
            let own = own(entry.record.piece, in: position, moved)
        {
            return own
        }
        return try resolve(reference, from: entry.record.piece, isBranch: true, in: position, &constants)
    }

    /// The code of alternatives, with what it refers to.
    private mutating func write(
        _ replaced: RecordTables.Replacements, of position: Int, _ constants: inout ConstantPool
    ) throws(KernelRefusal) -> SymbolReference {
        let unit = units[position].unit
        let section = writer.add(
            SectionDraft(name: ".altinstr_replacement", flags: [.allocate, .execute], contents: replaced.contents))
        let symbol = writer.add(SymbolDraft(name: "", kind: .section, binding: .local, place: .section(section)))
        guard let holder = unit.object.section(named: ".altinstr_replacement"),
            let user = units[position].selection.pieces.first
        else { return symbol }
        for range in replaced.ranges {
            for reference in try unit.references(in: holder.index, range) {
                let inside = inside(reference, in: position)
                let (target, addend) =
                    if let inside { inside } else {
                        try resolve(reference, from: user, isBranch: true, in: position, &constants)
                    }
                writer.addRelocation(
                    at: replaced.place(of: range) + reference.offset, of: section, type: reference.type,
                    symbol: target, addend: addend)
            }
        }
        return symbol
    }

    /// A place within a function of the patch, told by its section; nil for everything else.
    ///
    /// Compilers tell it so. A jump by a function's name is for objtool one that leaves the function
    /// (tools/objtool/check.c: `add_jump_destinations()`).
    private mutating func inside(_ reference: KernelReference, in position: Int) -> (SymbolReference, Int64)? {
        guard case .piece(let target) = reference.target, let section = sections[position][target],
            units[position].unit.pieces[target].isFunction,
            !field(reference, isEntryOf: target, in: units[position].unit)
        else { return nil }
        return (symbol(ofSection: section), reference.addend)
    }

    /// Whether a record is of use.
    ///
    /// Tracepoints of modules stay as silent as the compiler has made them: what turns them on cannot be told of the new
    /// code before the module is there.
    private mutating func isKept(
        _ entry: RecordTables.Entry, of table: RecordTables.Table, in position: Int
    ) throws(KernelRefusal) -> Bool {
        let unit = units[position].unit
        guard let field = Self.keyFields[table.kind.name],
            let reference = try unit.references(in: table.section, entry.range).dropFirst(field).first,
            let key = try livepatchKey(reference, in: position), key.user != KernelLinkage.kernel,
            Self.silentKeys.contains(where: key.name.hasPrefix)
        else { return true }
        silent.insert(key.name)
        return false
    }

    /// The position of the field with the key among a record's relocated fields.
    private static let keyFields = ["__jump_table": 2, ".static_call_sites": 1]
    /// How the keys of tracepoints begin; include/linux/tracepoint.h.
    private static let silentKeys = ["__tracepoint_", "__SCK__tp_func_"]

    private func livepatchKey(_ reference: KernelReference, in position: Int) throws(KernelRefusal) -> LivepatchSymbol?
    {
        let patchUnit = units[position]
        let symbol: KernelLinkage.Symbol
        switch reference.target {
        case .external(let name):
            symbol = try patchUnit.linkage.external(name, for: name, of: patchUnit.unit)
        case .piece(let piece):
            let diff = patchUnit.selection.diff
            guard symbols[position][piece] == nil, let partner = diff.pairing.partner[piece] else { return nil }
            symbol = .livepatch(
                try patchUnit.linkage.own(
                    diff.original.pieces[partner], for: patchUnit.unit.title(of: piece), of: diff.original))
        case .constant, .replacement: return nil
        }
        guard case .livepatch(let livepatch) = symbol else { return nil }
        return livepatch
    }

    /// Refuses what the kernel reads before it has resolved a module's symbols: jump labels and static calls.
    private func requireNoKeyOfModule(
        _ symbol: SymbolReference, _ kind: SpecialSection, in position: Int
    ) throws(KernelRefusal) {
        guard ["__jump_table", ".static_call_sites", ".altinstructions", ".parainstructions"].contains(kind.name),
            let livepatch = livepatchSymbol(of: symbol), livepatch.user != KernelLinkage.kernel
        else { return }
        throw .obstacles([
            KernelObstacle(
                kind: .keyInModule, unit: units[position].unit.name,
                symbol: String(livepatch.symbolName.dropFirst(LivepatchSymbol.prefix.count)), section: kind.name)
        ])
    }

    /// Lists the call of the tracer at the entry of a new function, if nothing has listed it yet.
    ///
    /// `recordmcount` of kernels before 5.10 does not know the sections of single functions: it takes their calls away.
    mutating func listTracerCall(of number: Int, in position: Int) throws(KernelRefusal) {
        let unit = units[position].unit
        guard let section = sections[position][number], let call = unit.tracerCall(of: number),
            !unit.has(recordIn: "__mcount_loc", of: number), use.listsTracerCalls || call.isErased
        else { return }
        if call.isErased {
            let linkage = units[position].linkage
            let symbol = try undefined(linkage.external(call.symbol, for: unit.title(of: number), of: unit))
            var bytes = unit.plainBytes(of: number)
            guard let offset = Int(exactly: call.offset), offset <= bytes.count, bytes.count - offset >= 5 else {
                return
            }
            bytes.replaceSubrange(offset..<offset + 5, with: [0xe8, 0, 0, 0, 0])
            writer.setContents(
                bytes, alignment: max(1, unit.section(unit.pieces[number].section).alignment), of: section)
            writer.addRelocation(at: call.offset + 1, of: section, type: .pc32, symbol: symbol, addend: -4)
        }
        guard let (symbol, addend) = own(number, in: position, Int64(bitPattern: call.offset)) else { return }
        let list = writer.add(
            SectionDraft(
                name: "__mcount_loc", flags: [.allocate], alignment: 8, contents: [UInt8](repeating: 0, count: 8)))
        writer.addRelocation(at: 0, of: list, type: .absolute64, symbol: symbol, addend: addend)
    }
}
