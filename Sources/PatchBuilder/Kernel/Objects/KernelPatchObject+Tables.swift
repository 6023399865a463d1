// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension KernelPatchObject {
    /// A row of a table that the module's glue reads: pointers to two names and a function, and a number.
    private struct Row {
        var object: String
        var name: String
        var function: SymbolReference
        var number: Int
    }

    /// The table of replaced functions: `struct kaketsugi_function` of `module.c`.
    mutating func addFunctionTable() throws(KernelRefusal) {
        var rows: [Row] = []
        for (position, patchUnit) in units.enumerated() {
            let diff = patchUnit.selection.diff
            for number in diff.replaced {
                guard let partner = diff.pairing.partner[number], let new = symbols[position][number] else { continue }
                let old = try patchUnit.linkage.own(
                    diff.original.pieces[partner], for: diff.patched.title(of: number), of: diff.original)
                rows.append(Row(object: old.object, name: old.name, function: new, number: old.position))
                replacements.append(
                    Replacement(
                        symbol: old, unit: patchUnit.unit.name, size: UInt64(diff.patched.pieces[number].range.length)))
            }
        }
        addTable("kaketsugi_function", rows)
    }

    /// The table of callbacks: `struct kaketsugi_callback` of `module.c`.
    mutating func addCallbackTable() throws(KernelRefusal) {
        var rows: [Row] = []
        for (position, patchUnit) in units.enumerated() {
            let unit = patchUnit.unit
            for callback in patchUnit.selection.diff.callbacks {
                guard let function = symbols[position][callback.piece] else { continue }
                rows.append(
                    Row(
                        object: patchUnit.linkage.parent, name: unit.name, function: function,
                        number: callback.moment.rawValue))
                callbacks.append(
                    Callback(
                        moment: callback.moment, object: patchUnit.linkage.parent,
                        function: unit.title(of: callback.piece)))
            }
        }
        addTable("kaketsugi_callback", rows)
    }

    /// Writes rows, and the number of them.
    private mutating func addTable(_ title: String, _ rows: [Row]) {
        let rowSize = 32
        var contents: [UInt8] = []
        for row in rows {
            contents += [UInt8](repeating: 0, count: rowSize - 8)
            contents += (0..<8).map { UInt8(truncatingIfNeeded: row.number >> (8 * $0)) }
        }
        let table = writer.add(
            SectionDraft(name: ".data.\(title)s", flags: [.allocate, .write], alignment: 8, contents: contents))
        var names = ConstantPool()
        for (number, row) in rows.enumerated() {
            let start = UInt64(number * rowSize)
            for (field, text) in [(0, row.object), (8, row.name)] as [(UInt64, String)] {
                let (symbol, offset) = names.place(of: Array(text.utf8) + [0], alignment: 1, in: &writer)
                writer.addRelocation(
                    at: start + field, of: table, type: .absolute64, symbol: symbol, addend: Int64(offset))
            }
            writer.addRelocation(at: start + 16, of: table, type: .absolute64, symbol: row.function, addend: 0)
        }
        names.finish(&writer)
        let counter = writer.add(
            SectionDraft(
                name: ".rodata.\(title)_count", flags: [.allocate], alignment: 8,
                contents: (0..<8).map { UInt8(truncatingIfNeeded: rows.count >> (8 * $0)) }))
        _ = writer.add(
            SymbolDraft(name: "\(title)s", size: UInt64(contents.count), kind: .object, place: .section(table)))
        _ = writer.add(SymbolDraft(name: "\(title)_count", size: 8, kind: .object, place: .section(counter)))
    }

    /// Imports the namespaces of exported symbols that the units import.
    mutating func addNamespaces() {
        var names: [String] = []
        for name in units.flatMap(\.unit.importedNamespaces) where !names.contains(name) { names.append(name) }
        guard !names.isEmpty else { return }
        _ = writer.add(
            SectionDraft(
                name: ".modinfo", flags: [.allocate], contents: names.flatMap { Array("import_ns=\($0)".utf8) + [0] }))
    }
}
