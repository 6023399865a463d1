// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Finds a translation unit in the shipped file by its bytes, and reads addresses out of the fields that the linker
/// filled there.
///
/// The unit's sections are compared whole: every byte that the linker does not decide must be equal. So the match
/// proves that the unit was built from this source by this compiler, and needs no debug symbols.
struct UnitLocator {
    /// The shipped file.
    let target: ObjectFile
    /// The shipped file's name, for messages.
    let targetName: String
    /// What a build of the whole source made of it here.
    let rebuilt: RebuiltFile?
    /// The shipped code.
    let index: CodeIndex
    /// The shipped file's thread-local storage.
    let threadStorage: ThreadStorage

    /// Prepares the search in a file.
    init(target: ObjectFile, targetName: String, rebuilt: RebuiltFile? = nil) {
        self.target = target
        self.targetName = targetName
        self.rebuilt = rebuilt
        index = CodeIndex(of: target)
        threadStorage = ThreadStorage(of: target)
    }

    /// Locates all code of a unit, and every data section that the code refers to.
    ///
    /// - Throws: ``PatchRefusal`` if code is not there exactly once, if data differs, or if fields contradict each other.
    func locate(_ unit: UnitObject) throws(PatchRefusal) -> LocatedUnit {
        var located = LocatedUnit(unit: unit)
        let code = unit.object.sections.filter { unit.role($0.index) == .code }
        var pending = code.filter { !$0.flags.contains(.group) }.sorted { $0.size > $1.size }
        while let next = pending.firstIndex(where: { located.sections[$0.index] != nil }) ?? pending.indices.first {
            let section = pending.remove(at: next)
            if let address = located.sections[section.index] {
                try verify(section, of: unit, at: address)
            } else {
                try located.place(section.index, at: search(section, of: unit))
            }
            try readFields(of: section, into: &located)
        }
        try locateShared(code.filter { $0.flags.contains(.group) }, in: &located)
        try verifyData(of: located)
        return located
    }

    /// Locates code of which several units have a copy and the linker keeps one (COMDAT), as far as it is told where.
    ///
    /// The copy that was kept may be another unit's. So it is not searched: the target's symbols or the fields of code that
    /// is located must tell where it is, and its bytes must be there. What is not located is not replaced.
    private func locateShared(_ sections: [Section], in located: inout LocatedUnit)
        throws(PatchRefusal)
    {
        var pending = sections
        var found = true
        while found {
            found = false
            for section in pending where located.sections[section.index] == nil {
                guard let address = sharedAddress(of: section, in: located) else { continue }
                try located.place(section.index, at: address)
                try readFields(of: section, into: &located)
                found = true
            }
            pending.removeAll { located.sections[$0.index] != nil }
        }
    }

    /// The one place that is told for a section and has its bytes, or nil.
    private func sharedAddress(of section: Section, in located: LocatedUnit) -> TargetAddress? {
        guard let pattern = try? CodePattern(section: section.index, of: located.unit) else {
            return nil
        }
        var told: Set<TargetAddress> = []
        for symbol in located.unit.owners[section.index.rawValue] where symbol.binding != .local {
            let known = (index.definitions[symbol.name] ?? []).union(
                [located.addresses[symbol.name]].compactMap { $0 })
            told.formUnion(known.map { $0.advanced(by: -Int64(bitPattern: symbol.value)) })
        }
        let matching = told.filter { address in
            target.bytes(atAddress: address.rawValue, count: pattern.bytes.count).map(
                pattern.firstDifference) == .some(nil)
        }
        return matching.count == 1 ? matching.first : nil
    }

    /// Searches the shipped code for a section.
    private func search(_ section: Section, of unit: UnitObject) throws(PatchRefusal) -> TargetAddress {
        let pattern = try CodePattern(section: section.index, of: unit)
        let alignment = max(1, Int(clamping: section.alignment))
        var found = index.ranges.flatMap { code in
            code.offsets(of: pattern, alignedTo: alignment).map { code.address.advanced(by: Int64($0)) }
        }
        if found.count > 1 { found = found.filter { isConsistent($0, with: section, of: unit) } }
        switch found.count {
        case 1: return found[0]
        case 0:
            let nearest = nearest(to: pattern)
            guard nearest != nil || !target.sections.isEmpty else {
                throw .packedTarget(unit: unit.source, target: targetName)
            }
            throw .unitNotFound(
                unit: unit.source, section: section.name, size: section.size, target: targetName, nearest: nearest)
        default:
            let symbols = RebuiltSymbols(of: rebuilt, for: target)
            let agreed = found.filter { symbols?.agree(with: section.index, of: unit, at: $0) == true }
            guard agreed.count == 1 else {
                throw .unitAmbiguous(
                    unit: unit.source, section: section.name, target: targetName, addresses: found, answer)
            }
            return agreed[0]
        }
    }

    /// Whether the target may hold a unit's definition of a symbol, in this build of the unit or in one that resembles it.
    ///
    /// Of a variable, whose bytes tell little, that is asked of the unit's code.
    func mayHold(_ definition: Symbol, of unit: UnitObject) -> Bool {
        guard case .section(let holder) = definition.place, unit.roles.indices.contains(holder.rawValue) else {
            return true
        }
        let sections = unit.object.sections.map(\.index).filter {
            unit.role($0) == .code && (unit.role(holder) != .code || $0 == holder)
        }
        var isKnown = false
        for section in sections {
            guard let pattern = try? CodePattern(section: section, of: unit) else { return true }
            // A few bytes are anywhere, or nowhere, by chance.
            guard pattern.mask.count(where: { $0 != 0 }) >= Self.tellingBytes else { continue }
            isKnown = true
            let matching = index.ranges.compactMap { $0.nearest(to: pattern)?.matching }.max() ?? 0
            if matching >= pattern.bytes.count / 2 { return true }
        }
        return !isKnown
    }

    private static let tellingBytes = 12

    /// Why the rebuilt target does not tell one place from another.
    private var answer: RebuiltSymbols.Answer {
        guard let rebuilt else { return .notAsked }
        return rebuilt.buildID == target.buildID ? .silent : .differs(buildID: "\(rebuilt.buildID)")
    }

    /// Whether the target's own symbol tables do not put a function of the section elsewhere.
    ///
    /// Equal code may be there several times: short functions that only return a field, say.
    private func isConsistent(_ address: TargetAddress, with section: Section, of unit: UnitObject) -> Bool {
        unit.owners[section.index.rawValue].allSatisfy { symbol in
            guard symbol.binding != .local, let known = index.definitions[symbol.name] else { return true }
            return known.contains(address.advanced(by: Int64(bitPattern: symbol.value)))
        }
    }

    /// Where the shipped code that resembles a pattern most begins to differ.
    private func nearest(to pattern: CodePattern) -> CodeDifference? {
        var nearest: (matching: Int, difference: CodeDifference)?
        for code in index.ranges {
            guard let candidate = code.nearest(to: pattern), candidate.matching > nearest?.matching ?? 0 else {
                continue
            }
            let difference = difference(
                of: pattern, at: candidate.offset, in: code.bytes[...], address: code.address)
            nearest = (candidate.matching, difference)
        }
        return nearest?.difference
    }

    /// Checks that a section is where a field of another one says.
    private func verify(_ section: Section, of unit: UnitObject, at address: TargetAddress) throws(PatchRefusal) {
        let pattern = try CodePattern(section: section.index, of: unit)
        guard let shipped = target.bytes(atAddress: address.rawValue, count: pattern.bytes.count),
            pattern.firstDifference(in: shipped) == nil
        else {
            let shipped = target.bytes(atAddress: address.rawValue, count: pattern.bytes.count) ?? []
            throw .unitNotFound(
                unit: unit.source, section: section.name, size: section.size, target: targetName,
                nearest: difference(of: pattern, at: 0, in: shipped, address: address))
        }
    }

    /// Checks the data that fields of the code led to; writable data by what the file initialises it with.
    private func verifyData(of located: LocatedUnit) throws(PatchRefusal) {
        for (index, address) in located.sections.sorted(by: { $0.value < $1.value }) {
            let section = located.unit.section(index)
            let role = located.unit.role(index)
            guard role == .constant || role == .variable, section.type != .noBits else { continue }
            try verify(section, of: located.unit, at: address)
        }
    }

    /// Reads what the fields of a located section say.
    private func readFields(of section: Section, into located: inout LocatedUnit) throws(PatchRefusal) {
        guard let base = located.sections[section.index] else { return }
        let unit = located.unit
        let shipped = target.bytes(atAddress: base.rawValue, count: section.contents.count) ?? []
        var skipped: UInt64?
        for relocation in unit.relocations[section.index.rawValue] where relocation.offset != skipped {
            let address = base.advanced(by: Int64(bitPattern: relocation.offset))
            let reference = try unit.reference(of: relocation, in: section.index)
            if FieldShape(relocation.type)?.meaning == .threadLocal {
                let field = ThreadLocalField(
                    relocation: relocation, address: address,
                    shipped: window(
                        in: shipped, around: relocation.offset, ThreadLocalField.lead, ThreadLocalField.length),
                    built: window(
                        in: section.contents, around: relocation.offset, ThreadLocalField.lead,
                        ThreadLocalField.length),
                    storage: threadStorage)
                // A call that the linker has rewritten with its sequence says nothing of what it called.
                skipped =
                    field.isRewritten
                    ? ThreadLocalSequence(relocation, in: Array(section.contents))?.call : nil
                if let variable = field.variable() { try located.bind(reference, to: variable) }
                continue
            }
            let field = RelocatedField(
                relocation: relocation, address: address,
                shipped: window(in: shipped, around: relocation.offset),
                built: window(in: section.contents, around: relocation.offset))
            guard let value = field.value() else { continue }
            try note(value, for: reference, in: &located)
        }
    }

    /// A global symbol is bound by name; anything else tells where its section begins.
    private func note(
        _ value: FieldValue, for reference: Reference, in located: inout LocatedUnit
    ) throws(PatchRefusal) {
        if reference.isGlobal {
            try located.bind(reference.symbol, to: value)
        } else if let section = reference.section, located.unit.role(section) != .mergeable,
            case .address(let address) = value
        {
            try located.place(section, at: address.advanced(by: -Int64(bitPattern: reference.offset)))
        }
    }

    /// The bytes from some before an offset on, zero where there are none.
    private func window(
        in bytes: ArraySlice<UInt8>, around offset: UInt64, _ lead: Int = RelocatedField.lead,
        _ length: Int = RelocatedField.lead + 8
    ) -> [UInt8] {
        let first = bytes.startIndex + Int(clamping: offset) - lead
        return (first..<first + length).map { bytes.indices.contains($0) ? bytes[$0] : 0 }
    }

    private func difference(
        of pattern: CodePattern, at offset: Int, in code: ArraySlice<UInt8>, address: TargetAddress
    ) -> CodeDifference {
        let shipped = code.dropFirst(offset)
        let first = pattern.firstDifference(in: shipped) ?? 0
        let shown = first..<min(first + 16, pattern.bytes.count)
        return CodeDifference(
            offset: UInt64(first), address: address.advanced(by: Int64(offset + first)),
            expected: Array(pattern.bytes[shown]), found: Array(shipped.dropFirst(first).prefix(shown.count)))
    }
}
