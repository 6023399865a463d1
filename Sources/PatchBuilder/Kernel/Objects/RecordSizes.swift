// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// How large the records of special sections are in one kernel.
package struct RecordSizes: Sendable, Equatable {
    /// What is known, by section.
    private var sizes: [String: Int] = [:]

    package init() {}

    /// The size of a section's records, if somebody has said it.
    func stated(of kind: SpecialSection) -> Int? { sizes[kind.name] }

    /// Takes what the kernel's own types say.
    package mutating func learn(fromTypes sizeOfType: (String) -> Int?) {
        for section in SpecialSection.all {
            guard let type = section.type, let size = sizeOfType(type), size > 0 else { continue }
            sizes[section.name] = size
        }
    }

    /// States the size of a section's records; false if there is no such section, or none can be so large.
    package mutating func state(_ size: Int, of name: String) -> Bool {
        guard SpecialSection(named: name) != nil || Self.needless.contains(name), 1...256 ~= size else { return false }
        sizes[name] = size
        return true
    }

    /// Sections of records that no live patch needs.
    private static let needless: Set<String> = [".printk_index"]
}

extension RecordSizes {
    /// The size of a section's records: what is stated, else what its relocations tell, else what is usual.
    func size(of kind: SpecialSection, in section: Section, of unit: KernelUnit) -> Int {
        stated(of: kind) ?? Self.deduced(of: kind, in: section, of: unit) ?? kind.usualSize
    }

    /// The distance at which the relocated fields of a section repeat, if that is clear.
    ///
    /// The first field of each record refers to code, and the others lie where that kind of record has them.
    private static func deduced(of kind: SpecialSection, in section: Section, of unit: KernelUnit) -> Int? {
        if case .companion(let name) = kind.subject {
            let count = unit.object.section(named: name).map { unit.relocations[$0.index.rawValue].count } ?? 0
            guard count > 0, section.size.isMultiple(of: UInt64(count)) else { return nil }
            return Int(clamping: section.size / UInt64(count))
        }
        let fields = unit.relocations[section.index.rawValue].filter { $0.type != .none }
        // Records with room behind them are aligned to eight.
        let whole = kind.mayEndEarly ? section.size.roundedUp(toMultipleOf: 8) : section.size
        guard let whole, fields.first?.offset == 0 else { return nil }
        for others in kind.fields {
            let least = max(4, (others.max() ?? 0))
            let size = (least...64).first { size in
                whole.isMultiple(of: size) && hold(fields, others, at: size, whole / size, in: unit)
            }
            if let size { return Int(clamping: size) }
        }
        return nil
    }

    /// Whether fields are those of a number of records.
    private static func hold(
        _ fields: [Relocation], _ others: Set<UInt64>, at size: UInt64, _ count: UInt64, in unit: KernelUnit
    ) -> Bool {
        var records: UInt64 = 0
        for field in fields {
            guard field.offset.isMultiple(of: size) else {
                guard others.contains(field.offset % size) else { return false }
                continue
            }
            guard isCode(field, in: unit) else { return false }
            records += 1
        }
        return records == count
    }

    private static func isCode(_ field: Relocation, in unit: KernelUnit) -> Bool {
        guard unit.object.symbols.indices.contains(field.symbol.rawValue),
            case .section(let holder) = unit.object.symbols[field.symbol.rawValue].place
        else { return false }
        return unit.role(holder) != .replacements && unit.object.section(at: holder)?.flags.contains(.execute) == true
    }
}

extension UInt64 {
    /// The next multiple; nil if there is none.
    fileprivate func roundedUp(toMultipleOf size: UInt64) -> UInt64? {
        let rest = self % size
        guard rest > 0 else { return self }
        let (sum, overflow) = addingReportingOverflow(size - rest)
        return overflow ? nil : sum
    }
}
