// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// The sections that a patch needs: changed and added code, and all that it refers to and the target does not have.
struct PatchContents {
    /// The units of the fix.
    let units: [PatchUnit]
    /// The sections in a fixed order: by unit, then as they were reached.
    private(set) var chunks: [Chunk] = []
    /// What the manifest says of the data that the code refers to.
    private(set) var data: [Manifest.Datum] = []
    /// The variables that the patch adds: their positions in ``data``, and their sections.
    private var variables: [(datum: Int, section: ChunkID)] = []
    /// The functions that no stack can be unwound through.
    private(set) var withoutFrames: [String] = []
    /// Whether exceptions are known to pass through the code: it is C++, or has handlers.
    private(set) var passesExceptions = false
    private var visited: Set<ChunkID> = []

    /// Collects what the units' changed code needs.
    ///
    /// - Throws: ``PatchRefusal`` for a reference to something that a patch cannot carry.
    init(of units: [PatchUnit]) throws(PatchRefusal) {
        self.units = units
        for (position, unit) in units.enumerated() {
            for section in unit.diff.fixed.object.sections
            where unit.diff.fixed.role(section.index) == .code && unit.includes(code: section.index) {
                try include(ChunkID(unit: position, section: section.index))
            }
            try includeUnwindTable(of: position)
        }
    }

    /// Adds what tells how the unit's part of the patch is unwound, and what that refers to.
    private mutating func includeUnwindTable(of position: Int) throws(PatchRefusal) {
        let unit = units[position].diff.fixed
        let code = chunks.filter { $0.id.unit == position && $0.protection == .text }.map(\.id.section)
        let table = try UnwindTable(of: unit, describing: Set(code))
        let diff = units[position].diff
        withoutFrames += code.flatMap { UnwindTable.functions(without: table, in: $0, of: unit) }.filter {
            // Assembler brings its neighbours, too, which nobody enters.
            !unit.isAssembler || diff.changed.contains($0) || diff.added.contains($0)
        }
        // The Itanium C++ ABI's names, 5.1.
        if table?.hasHandlers == true || code.contains(where: { unit.name(of: $0).hasPrefix("_Z") }) {
            passesExceptions = true
        }
        guard let table else { return }
        let id = ChunkID(unit: position, section: table.section)
        visited.insert(id)
        chunks.append(
            Chunk(
                id: id, protection: .unwindTables, alignment: 8, contents: table.contents,
                relocations: table.relocations, size: UInt64(table.contents.count)))
        for relocation in table.relocations {
            guard let holder = try unit.reference(of: relocation, in: table.section).section else {
                continue
            }
            try reach(ChunkID(unit: position, section: holder), from: id, byName: false)
        }
    }

    /// Adds a section, and what it refers to.
    private mutating func include(_ id: ChunkID) throws(PatchRefusal) {
        guard visited.insert(id).inserted else { return }
        let unit = units[id.unit].diff.fixed
        let section = unit.section(id.section)
        guard section.size <= Artefact.Limit.imageSize else {
            throw .artefact(
                .tooLarge(what: section.name, size: section.size, limit: Artefact.Limit.imageSize))
        }
        guard section.alignment <= Image.pageSize else {
            throw .artefact(.badField(name: "alignment of \(section.name)", value: String(section.alignment)))
        }
        chunks.append(
            Chunk(
                id: id, protection: protection(of: unit.role(id.section)), alignment: max(1, section.alignment),
                contents: Array(section.contents), relocations: unit.relocations[id.section.rawValue],
                size: section.size))
        for relocation in unit.relocations[id.section.rawValue] {
            let reference = try unit.reference(of: relocation, in: id.section)
            guard let holder = reference.section else { continue }
            try reach(ChunkID(unit: id.unit, section: holder), from: id, byName: reference.isGlobal)
        }
    }

    /// Decides whether a section that included code refers to is in the target or comes with the patch.
    private mutating func reach(
        _ id: ChunkID, from user: ChunkID, byName: Bool
    ) throws(PatchRefusal) {
        guard !visited.contains(id) else { return }
        let unit = units[id.unit]
        switch unit.diff.fixed.role(id.section) {
        case .code:
            break  // Included from the start, or in the target.
        case .mergeable:
            try include(id)
        case .constant
        where !unit.diff.fixed.isNamedData(id.section) || unit.diff.fixed.isIndirectAddress(id.section):
            try include(id)
        case .constant, .variable:
            try reachDatum(id, from: user, byName: byName)
        case .threadLocal:
            let name = unit.diff.fixed.name(of: id.section)
            guard case .existing = unit.diff.data[id.section] else {
                throw .newThreadLocal(
                    unit: unit.source, symbol: name, function: unit.diff.fixed.name(of: user.section))
            }
            visited.insert(id)
            data.append(
                Manifest.Datum(name: name, place: .target, size: unit.diff.fixed.section(id.section).size))
        case .unsupported(let kind):
            throw .unsupportedReference(
                unit: unit.source, function: unit.diff.fixed.name(of: user.section),
                section: unit.diff.fixed.section(id.section).name, kind: kind)
        case .hooks, .ignored:
            throw .unsupportedReference(
                unit: unit.source, function: unit.diff.fixed.name(of: user.section),
                section: unit.diff.fixed.section(id.section).name, kind: .other)
        }
    }

    /// Existing data stay where they are; those that other files see are bound by name, as the target binds them.
    private mutating func reachDatum(
        _ id: ChunkID, from user: ChunkID, byName: Bool
    ) throws(PatchRefusal) {
        let unit = units[id.unit]
        let name = unit.diff.fixed.name(of: id.section)
        let size = unit.diff.fixed.section(id.section).size
        guard case .existing(let partner) = unit.diff.data[id.section] else {
            guard unit.diff.fixed.isNamedData(id.section) else {
                throw .unsupportedReference(
                    unit: unit.source, function: unit.diff.fixed.name(of: user.section),
                    section: unit.diff.fixed.section(id.section).name, kind: .other)
            }
            // One variable for the whole process, whichever units have its inline function: never a second one.
            if byName, unit.diff.fixed.isSharedVariable(id.section) {
                visited.insert(id)
                return data.append(Manifest.Datum(name: name, place: .target, size: size))
            }
            if unit.diff.fixed.role(id.section) == .variable { variables.append((data.count, id)) }
            data.append(Manifest.Datum(name: name, place: .added, size: size))
            return try include(id)
        }
        if byName || unit.address(ofDatum: partner) != nil {
            visited.insert(id)
            data.append(Manifest.Datum(name: name, place: .target, size: size))
        } else if unit.diff.fixed.role(id.section) == .constant {
            data.append(Manifest.Datum(name: name, place: .copied, size: size))
            try include(id)
        } else {
            throw .unlocatedDatum(
                unit: unit.source, symbol: name, function: unit.diff.fixed.name(of: user.section))
        }
    }

    /// The data with what the next level knows the patch's variables by.
    func data(in layout: PatchLayout) -> [Manifest.Datum] {
        var data = data
        for (datum, section) in variables {
            let unit = units[section.unit]
            data[datum].variable = Manifest.Variable(
                name: FunctionName.stem(data[datum].name), unit: unit.source, offset: layout.offsets[section] ?? 0,
                users: unit.diff.fixed.users(of: section.section))
        }
        return data
    }

    private func protection(of role: SectionRole) -> Image.Protection {
        switch role {
        case .code: .text
        case .variable: .data
        case .mergeable, .constant, .threadLocal, .hooks, .unsupported, .ignored: .readOnlyData
        }
    }
}
