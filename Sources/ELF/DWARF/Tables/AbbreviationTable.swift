// SPDX-License-Identifier: Apache-2.0

/// How one kind of entry is laid out.
struct Abbreviation: Sendable {
    /// What such an entry describes; nil for something that this module does not know.
    var tag: DW_TAG?
    /// Whether entries follow that belong to it.
    var hasChildren: Bool
    /// Its attributes in order.
    var attributes: [Attribute] = []
    /// How to get over the attributes without reading them.
    var steps: [Step] = []

    /// One attribute.
    struct Attribute: Sendable {
        /// What it says; nil for something that this module does not know.
        var name: DW_AT?
        /// How it is stored.
        var form: DW_FORM
        /// Its value, if it is the same for all entries of this kind.
        var implicit: Int64
    }

    /// A way over one or more attributes; each but the first takes at least one byte.
    enum Step: Sendable {
        case fixed(UInt64)
        case number
        case block(sizeBytes: Int)
        case measuredBlock
        case text
        case indirect
    }
}

/// The declarations that a unit refers to by number.
struct AbbreviationTable: Sendable {
    private var dense: [Abbreviation] = []
    private var sparse: [UInt64: Abbreviation] = [:]

    /// The declaration with a number, or nil.
    subscript(code: UInt64) -> Abbreviation? {
        // Compilers number from 1 on.
        code <= UInt64(dense.count) && code > 0 ? dense[Int(code - 1)] : sparse[code]
    }

    mutating func add(_ abbreviation: Abbreviation, code: UInt64) {
        if code == UInt64(dense.count) + 1 { dense.append(abbreviation) } else { sparse[code] = abbreviation }
    }
}

extension AbbreviationTable {
    /// No compiler gives an entry as many attributes; with a limit, a small file cannot keep a reader busy.
    private static let attributeLimit: UInt64 = 1000

    /// Reads a table; DWARF 5, 7.5.3.
    ///
    /// - Parameters:
    ///   - section: where it is.
    ///   - offset: its offset.
    ///   - encoding: how the units are encoded that refer to it.
    ///   - budget: what all tables of the section may take together.
    /// - Throws: `ELFError` if the table is not as it must be, or uses a form that is unknown.
    init(
        parsing section: DebugSection, at offset: UInt64, encoding: DebugUnitHeader.Encoding, budget: inout Budget
    ) throws(ELFError) {
        let start = Int(clamping: offset)
        var cursor = try DebugCursor(section, from: start)
        while true {
            let position = cursor.position
            let code = try cursor.unsigned()
            if code == 0 { return }
            let tag = DW_TAG(rawValue: try cursor.unsigned())
            var abbreviation = Abbreviation(tag: tag, hasChildren: try cursor.number(UInt8.self) != 0)
            while true {
                let name = try cursor.unsigned()
                let number = try cursor.unsigned()
                if name == 0, number == 0 { break }
                let place = section.place(of: position)
                guard let form = DW_FORM(rawValue: number) else {
                    throw .unknownForm(place.part, offset: place.offset, form: number)
                }
                guard abbreviation.attributes.count < Self.attributeLimit else {
                    throw .excessive(place.part, limit: Self.attributeLimit)
                }
                let implicit = form == .implicit_const ? try cursor.signed() : 0
                abbreviation.attributes.append(.init(name: DW_AT(rawValue: name), form: form, implicit: implicit))
                abbreviation.append(form.step(encoding))
            }
            add(abbreviation, code: code)
            try budget.spend(cursor.position - position)
        }
    }
}

extension Abbreviation {
    /// Adds a step; steps of fixed size are one.
    fileprivate mutating func append(_ step: Step) {
        if case .fixed(let more) = step, case .fixed(let size)? = steps.last {
            steps[steps.count - 1] = .fixed(size + more)
        } else {
            steps.append(step)
        }
    }
}

extension DW_FORM {
    /// How to get over a value of this form.
    func step(_ encoding: DebugUnitHeader.Encoding) -> Abbreviation.Step {
        switch self {
        case .flag_present, .implicit_const: .fixed(0)
        case .data1, .ref1, .flag, .strx1, .addrx1: .fixed(1)
        case .data2, .ref2, .strx2, .addrx2: .fixed(2)
        case .strx3, .addrx3: .fixed(3)
        case .data4, .ref4, .strx4, .addrx4, .ref_sup4: .fixed(4)
        case .data8, .ref8, .ref_sig8, .ref_sup8, .addr: .fixed(8)
        case .data16: .fixed(16)
        case .strp, .line_strp, .strp_sup, .sec_offset, .GNU_ref_alt, .GNU_strp_alt:
            .fixed(UInt64(encoding.offsetSize))
        case .ref_addr: .fixed(UInt64(encoding.globalReferenceSize))
        case .udata, .sdata, .ref_udata, .strx, .addrx, .loclistx, .rnglistx, .GNU_addr_index, .GNU_str_index: .number
        case .block1: .block(sizeBytes: 1)
        case .block2: .block(sizeBytes: 2)
        case .block4: .block(sizeBytes: 4)
        case .block, .exprloc: .measuredBlock
        case .string: .text
        case .indirect: .indirect
        }
    }
}
