// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What the data of a fixed assembler unit are to the target.
///
/// Assembler puts many data into one section, and refers to them by their places in it. So what the process writes, and what
/// other units know, must be as it was; constants of the unit's own come anew with the code that reads them.
struct AssemblerData {
    private let original: UnitObject
    private let fixed: UnitObject
    private let before: [String: [SectionIndex]]
    private let after: [String: [SectionIndex]]
    private var naming = DataNaming()

    private init(_ original: UnitObject, _ fixed: UnitObject) {
        self.original = original
        self.fixed = fixed
        before = original.dataSections()
        after = fixed.dataSections()
        for (name, sections) in after {
            guard let partners = before[name], partners.count == 1, sections.count == 1 else { continue }
            naming.pair(sections[0], with: partners[0])
        }
    }

    /// What each data section is to the target.
    ///
    /// - Throws: ``PatchRefusal/assembler(unit:section:offset:_:)`` for data that a patch cannot leave or bring.
    static func changes(
        from original: UnitObject, to fixed: UnitObject
    ) throws(PatchRefusal) -> [SectionIndex: DataChange] {
        let data = AssemblerData(original, fixed)
        var changes: [SectionIndex: DataChange] = [:]
        for (_, sections) in data.after.sorted(by: { $0.key < $1.key }) {
            for section in sections { changes[section] = try data.change(of: section) }
        }
        // What is gone may be what the process goes on to use.
        for (name, sections) in data.before.sorted(by: { $0.key < $1.key }) where data.after[name] == nil {
            guard original.role(sections[0]) == .constant else { throw data.refusal(of: name) }
        }
        return changes
    }

    /// What a section is; nil for constants without names, which are copied where they are read.
    private func change(of section: SectionIndex) throws(PatchRefusal) -> DataChange? {
        let name = fixed.section(section).name
        let isConstant = fixed.role(section) == .constant
        let isNamed = fixed.isNamedData(section)
        guard before[name] != nil else { return isNamed || !isConstant ? .added : nil }
        guard let partner = naming.pairs[section] else { throw refusal(of: name) }
        let labels = fixed.labels(in: section)
        let contents = try fixed.contents(of: section, naming: naming.fixed)
        let unfixed = try original.contents(of: partner, naming: naming.original)
        if labels == original.labels(in: partner), contents == unfixed {
            return isNamed || !isConstant ? .existing(partner) : nil
        }
        guard isConstant, labels.union(original.labels(in: partner)).allSatisfy(\.isLocal) else {
            throw refusal(of: name)
        }
        return isNamed ? .changedConstant(partner) : nil
    }

    private func refusal(of section: String) -> PatchRefusal {
        .assembler(unit: fixed.source, section: section, offset: 0, .changedData)
    }
}

/// A symbol of a section of data.
private struct DataLabel: Hashable {
    var name: String
    var value: UInt64
    var size: UInt64
    var isLocal: Bool
}

extension UnitObject {
    /// The sections with data by their names.
    fileprivate func dataSections() -> [String: [SectionIndex]] {
        let sections = object.sections.filter { [.constant, .variable, .threadLocal].contains(role($0.index)) }
        return Dictionary(grouping: sections.map(\.index)) { section($0).name }
    }

    /// The symbols of a section, whatever kind they are of.
    fileprivate func labels(in section: SectionIndex) -> Set<DataLabel> {
        Set(
            object.symbols.filter { $0.place == .section(section) && $0.kind != .section }.map {
                DataLabel(name: $0.name, value: $0.value, size: $0.size, isLocal: $0.binding == .local)
            })
    }
}
