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
    var rebuilt: RebuiltFile?

    /// Locates all code of a unit, and every data section that the code refers to.
    ///
    /// - Throws: ``PatchRefusal`` if code is not there exactly once, if data differs, or if fields contradict each other.
    func locate(_ unit: UnitObject) throws(PatchRefusal) -> LocatedUnit {
        var located = LocatedUnit(unit: unit)
        var pending = unit.object.sections.filter { unit.role($0.index) == .code }.sorted { $0.size > $1.size }
        while let next = pending.firstIndex(where: { located.sections[$0.index] != nil }) ?? pending.indices.first {
            let section = pending.remove(at: next)
            if let address = located.sections[section.index] {
                try verify(section, of: unit, at: address)
            } else {
                try located.place(section.index, at: search(section, of: unit))
            }
            try readFields(of: section, into: &located)
        }
        try verifyData(of: located)
        return located
    }

    /// Searches the shipped code for a section.
    private func search(_ section: Section, of unit: UnitObject) throws(PatchRefusal) -> TargetAddress {
        let pattern = try CodePattern(section: section.index, of: unit)
        var found: [TargetAddress] = []
        var nearest: (matching: Int, difference: CodeDifference)?
        for code in codeRanges {
            let alignment = max(1, Int(clamping: section.alignment))
            let base = Int(truncatingIfNeeded: code.address.rawValue & 0xfff)
            for offset in pattern.offsets(in: code.bytes, alignedTo: alignment, base: base) {
                found.append(code.address.advanced(by: Int64(offset)))
            }
            guard found.isEmpty, let candidate = pattern.nearest(in: code.bytes) else { continue }
            if candidate.matching > nearest?.matching ?? 0 {
                nearest = (candidate.matching, difference(of: pattern, at: candidate.offset, in: code))
            }
        }
        switch found.count {
        case 1: return found[0]
        case 0 where target.sections.isEmpty && nearest == nil:
            throw .packedTarget(unit: unit.source, target: targetName)
        case 0:
            throw .unitNotFound(
                unit: unit.source, section: section.name, size: section.size, target: targetName,
                nearest: nearest?.difference)
        default:
            let symbols = RebuiltSymbols(of: rebuilt, for: target)
            let agreed = found.filter { symbols?.agree(with: section.index, of: unit, at: $0) == true }
            guard agreed.count == 1 else {
                throw .unitAmbiguous(
                    unit: unit.source, section: section.name, target: targetName, addresses: found,
                    answer)
            }
            return agreed[0]
        }
    }

    /// Why the rebuilt target does not tell one place from another.
    private var answer: RebuiltSymbols.Answer {
        guard let rebuilt else { return .notAsked }
        return rebuilt.buildID == target.buildID ? .silent : .differs(buildID: "\(rebuilt.buildID)")
    }

    /// Checks that a section is where a field of another one says.
    private func verify(_ section: Section, of unit: UnitObject, at address: TargetAddress) throws(PatchRefusal) {
        let pattern = try CodePattern(section: section.index, of: unit)
        guard let shipped = target.bytes(atAddress: address.rawValue, count: pattern.bytes.count),
            pattern.firstDifference(in: shipped) == nil
        else {
            let code = CodeRange(
                address: address,
                bytes: target.bytes(atAddress: address.rawValue, count: pattern.bytes.count) ?? [])
            throw .unitNotFound(
                unit: unit.source, section: section.name, size: section.size, target: targetName,
                nearest: difference(of: pattern, at: 0, in: code))
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
        for relocation in unit.relocations[section.index.rawValue] {
            let address = base.advanced(by: Int64(bitPattern: relocation.offset))
            let reference = try unit.reference(of: relocation, in: section.index)
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

    /// The bytes from ``RelocatedField/lead`` before an offset to 8 behind it, zero where there are none.
    private func window(in bytes: ArraySlice<UInt8>, around offset: UInt64) -> [UInt8] {
        let first = bytes.startIndex + Int(clamping: offset) - RelocatedField.lead
        return (first..<first + RelocatedField.lead + 8).map { bytes.indices.contains($0) ? bytes[$0] : 0 }
    }

    /// The code of the shipped file: its executable sections, or without a section table its executable segments.
    private var codeRanges: [CodeRange] {
        let sections = target.sections.filter { $0.flags.contains(.execute) && $0.flags.contains(.allocate) }
        if !sections.isEmpty {
            return sections.map { CodeRange(address: TargetAddress(rawValue: $0.address), bytes: $0.contents) }
        }
        return target.segments.filter { $0.type == .load && $0.flags.contains(.execute) }.compactMap { segment in
            target.bytes(atAddress: segment.virtualAddress, count: Int(clamping: segment.fileSize)).map {
                CodeRange(address: TargetAddress(rawValue: segment.virtualAddress), bytes: $0)
            }
        }
    }

    private func difference(of pattern: CodePattern, at offset: Int, in code: CodeRange) -> CodeDifference {
        let shipped = code.bytes.dropFirst(offset)
        let first = pattern.firstDifference(in: shipped) ?? 0
        let shown = first..<min(first + 16, pattern.bytes.count)
        return CodeDifference(
            offset: UInt64(first), address: code.address.advanced(by: Int64(offset + first)),
            expected: Array(pattern.bytes[shown]), found: Array(shipped.dropFirst(first).prefix(shown.count)))
    }
}

/// A run of code in the shipped file.
private struct CodeRange {
    var address: TargetAddress
    var bytes: ArraySlice<UInt8>
}
