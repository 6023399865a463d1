// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Where a translation unit lies in the shipped file, proved byte by byte, and what its fields tell.
struct LocatedUnit {
    /// The unit as its own compile command makes it, without the fix.
    let unit: UnitObject
    /// Where sections of the unit begin in the shipped file.
    private(set) var sections: [SectionIndex: TargetAddress] = [:]
    /// Where the linker sends calls and references to symbols that other files see.
    private(set) var addresses: [String: TargetAddress] = [:]
    /// Where sections of the unit begin in the target's block of thread-local storage.
    private(set) var threadSections: [SectionIndex: Int64] = [:]
    /// The thread-local variables that other files see.
    private(set) var threadVariables: [String: ThreadVariable] = [:]
    /// The slots of the global offset table that hold the addresses of symbols.
    private(set) var slots: [String: TargetAddress] = [:]

    init(unit: UnitObject) {
        self.unit = unit
    }

    /// The address of a function or object symbol of the unit by its definition, if its section is located.
    func definition(of symbol: Symbol) -> TargetAddress? {
        guard case .section(let index) = symbol.place, let base = sections[index] else { return nil }
        return base.advanced(by: Int64(bitPattern: symbol.value))
    }

    /// Notes where a section begins.
    ///
    /// - Throws: ``PatchRefusal/conflictingAddresses(unit:symbol:first:second:)`` if another field said otherwise.
    mutating func place(_ section: SectionIndex, at address: TargetAddress) throws(PatchRefusal) {
        let known = sections.updateValue(address, forKey: section) ?? address
        try require(known, equals: address, for: unit.section(section).name)
    }

    /// Notes what a field said of a symbol that other files see.
    ///
    /// - Throws: ``PatchRefusal/conflictingAddresses(unit:symbol:first:second:)`` if another field said otherwise.
    mutating func bind(_ symbol: String, to value: FieldValue) throws(PatchRefusal) {
        switch value {
        case .address(let address):
            let known = addresses.updateValue(address, forKey: symbol) ?? address
            try require(known, equals: address, for: symbol)
        case .slot(let address):
            let known = slots.updateValue(address, forKey: symbol) ?? address
            try require(known, equals: address, for: symbol)
        }
    }

    /// Notes which thread-local variable a field reaches.
    ///
    /// - Throws: ``PatchRefusal/conflictingAddresses(unit:symbol:first:second:)`` if another field said otherwise.
    mutating func bind(_ reference: Reference, to variable: ThreadVariable) throws(PatchRefusal) {
        if let section = reference.section, case .own(let offset) = variable {
            let base = offset &- Int64(bitPattern: reference.offset)
            let known = threadSections.updateValue(base, forKey: section) ?? base
            try require(
                TargetAddress(rawValue: UInt64(bitPattern: known)),
                equals: TargetAddress(rawValue: UInt64(bitPattern: base)), for: reference.symbol)
        }
        guard reference.isGlobal else { return }
        threadVariables[reference.symbol] = variable
    }

    private func require(
        _ first: TargetAddress, equals second: TargetAddress, for symbol: String
    ) throws(PatchRefusal) {
        guard first == second else {
            throw .conflictingAddresses(unit: unit.source, symbol: symbol, first: first, second: second)
        }
    }
}
