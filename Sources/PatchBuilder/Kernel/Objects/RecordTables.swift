// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The records of the functions that a live patch brings, by section.
struct RecordTables {
    struct Table {
        var kind: SpecialSection
        var section: SectionIndex
        var entries: [Entry]
    }

    /// A record, as it is or for another place.
    struct Entry {
        var record: SpecialRecord
        /// Where in the function it counts from, if that is not where it stands in the unit.
        var placeInPiece: Int64?

        var range: Range<UInt64> { record.range }

        /// The record as the file has it, with the room behind it.
        func bytes(of source: Section) -> [UInt8] {
            let bytes = Array(source.bytes(at: range.lowerBound, count: range.length) ?? [])
            return bytes + Array(repeating: 0, count: max(0, Int(clamping: record.size) - bytes.count))
        }
    }

    private(set) var tables: [Table] = []

    /// Adds the records of a function.
    ///
    /// - Throws: ``KernelRefusal`` if they do not describe all of it.
    mutating func add(recordsOf piece: Int, of unit: KernelUnit) throws(KernelRefusal) {
        for position in unit.recordsOfPiece[piece] {
            let record = unit.records[position]
            guard !Self.unwindSections.contains(record.kind.name), !Self.isNeedless(record, in: unit) else { continue }
            add(Entry(record: record))
        }
        for name in Self.unwindSections { addUnwind(name, of: piece, unit) }
    }

    /// The room in front of functions is listed for the linker of the kernel only, where the tracer has its own list.
    private static func isNeedless(_ record: SpecialRecord, in unit: KernelUnit) -> Bool {
        record.kind.name == "__patchable_function_entries" && unit.object.section(named: "__mcount_loc") != nil
    }

    private mutating func add(_ entry: Entry) {
        guard let position = tables.firstIndex(where: { $0.section == entry.record.section }) else {
            tables.append(Table(kind: entry.record.kind, section: entry.record.section, entries: [entry]))
            return
        }
        tables[position].entries.append(entry)
    }

    private static let unwindSections = [".orc_unwind_ip", ".orc_unwind"]

    /// Unwind records hold until the next one: the first place of a function, and what is behind it, must have one.
    private mutating func addUnwind(_ name: String, of piece: Int, _ unit: KernelUnit) {
        let part = unit.pieces[piece]
        let size = Int64(bitPattern: part.range.upperBound &- part.range.lowerBound)
        let all = unit.pieces(of: part.section).flatMap { unit.recordsOfPiece[$0] }.map { unit.records[$0] }
            .filter { $0.kind.name == name }
        guard !all.isEmpty else { return }
        func offset(_ record: SpecialRecord) -> Int64 {
            Int64(bitPattern: unit.pieces[record.piece].range.lowerBound) &+ record.place
                &- Int64(bitPattern: part.range.lowerBound)
        }
        let ordered = all.sorted { offset($0) < offset($1) }
        let own = ordered.filter { (0..<size).contains(offset($0)) }
        if own.first.map({ offset($0) != 0 }) ?? true, let before = ordered.last(where: { offset($0) < 0 }) {
            add(Entry(record: moved(before, to: piece), placeInPiece: 0))
        }
        for record in own { add(Entry(record: moved(record, to: piece), placeInPiece: offset(record))) }
        // The last record of a section says that nothing is known behind it.
        if let last = ordered.last { add(Entry(record: moved(last, to: piece), placeInPiece: size)) }
    }

    private func moved(_ record: SpecialRecord, to piece: Int) -> SpecialRecord {
        var record = record
        record.piece = piece
        return record
    }

    /// The code of the alternatives that the records lead to.
    func replacements(of unit: KernelUnit) -> Replacements {
        var result = Replacements()
        guard let holder = unit.object.section(named: ".altinstr_replacement") else { return result }
        for table in tables where table.kind.name == ".altinstructions" {
            for entry in table.entries {
                let references = (try? unit.references(in: table.section, entry.range)) ?? []
                for reference in references {
                    guard case .replacement(let section) = reference.target,
                        let range = try? unit.replacement(of: entry.record, at: reference.addend, in: section)
                    else { continue }
                    result.add(range, Array(holder.bytes(at: range.lowerBound, count: range.length) ?? []))
                }
            }
        }
        return result
    }

    /// Code of alternatives, and where each piece of it lies in the patch.
    struct Replacements {
        private(set) var contents: [UInt8] = []
        private(set) var ranges: [Range<UInt64>] = []
        private var places: [UInt64: UInt64] = [:]

        mutating func add(_ range: Range<UInt64>, _ bytes: [UInt8]) {
            guard !range.isEmpty, places[range.lowerBound] == nil else { return }
            places[range.lowerBound] = UInt64(contents.count)
            ranges.append(range)
            contents += bytes
        }

        func place(of range: Range<UInt64>) -> UInt64 { places[range.lowerBound] ?? 0 }
    }
}
