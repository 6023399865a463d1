// SPDX-License-Identifier: Apache-2.0

/// The value of an attribute, of the class that its form says; DWARF 5, 7.5.5.
enum AttributeValue: Sendable {
    /// A number.
    case unsigned(UInt64)
    /// A number that may be negative.
    case signed(Int64)
    /// Bytes, by position.
    case block(Range<Int>)
    /// A text among the units themselves, by position.
    case inlineText(Int)
    /// A text of `.debug_str`.
    case text(UInt64)
    /// A text of `.debug_line_str`.
    case lineText(UInt64)
    /// A text by its number among the unit's.
    case numberedText(UInt64)
    /// An address, and the position of the field that holds it.
    case address(UInt64, field: Int)
    /// An address by its number among the unit's.
    case numberedAddress(UInt64)
    /// Another entry, by position.
    case entry(Int)
    /// A type in a type unit.
    case signature(UInt64)
    /// An offset in another section.
    case offset(UInt64)
    /// A list by its number among the unit's.
    case numberedList(UInt64)
    /// Something in a file that was not given.
    case elsewhere
}

extension DebugCursor {
    /// The next value.
    @_lifetime(self: copy self)
    mutating func value(
        of attribute: Abbreviation.Attribute, in unit: DebugUnitHeader
    ) throws(ELFError) -> AttributeValue {
        if attribute.form == .implicit_const { return .signed(attribute.implicit) }
        return try value(attribute.form, in: unit)
    }

    @_lifetime(self: copy self)
    private mutating func value(_ form: DW_FORM, in unit: DebugUnitHeader) throws(ELFError) -> AttributeValue {
        let encoding = unit.encoding
        switch form {
        case .data1, .flag: return .unsigned(UInt64(try number(UInt8.self)))
        case .data2: return .unsigned(UInt64(try number(UInt16.self)))
        case .data4: return .unsigned(UInt64(try number(UInt32.self)))
        case .data8: return .unsigned(try number(UInt64.self))
        case .udata: return .unsigned(try unsigned())
        case .sdata: return .signed(try signed())
        case .implicit_const, .flag_present: return .unsigned(1)
        case .data16: return try block(ofSize: 16)
        case .block1: return try block(ofSize: number(ofSize: 1))
        case .block2: return try block(ofSize: number(ofSize: 2))
        case .block4: return try block(ofSize: number(ofSize: 4))
        case .block, .exprloc: return try block(ofSize: unsigned())
        case .string: return .inlineText(try text())
        case .strp: return .text(try number(ofSize: encoding.offsetSize))
        case .line_strp: return .lineText(try number(ofSize: encoding.offsetSize))
        case .strx, .GNU_str_index: return .numberedText(try unsigned())
        case .strx1: return .numberedText(try number(ofSize: 1))
        case .strx2: return .numberedText(try number(ofSize: 2))
        case .strx3: return .numberedText(try number(ofSize: 3))
        case .strx4: return .numberedText(try number(ofSize: 4))
        case .addr:
            let field = position
            return .address(try number(UInt64.self), field: field)
        case .addrx, .GNU_addr_index: return .numberedAddress(try unsigned())
        case .addrx1: return .numberedAddress(try number(ofSize: 1))
        case .addrx2: return .numberedAddress(try number(ofSize: 2))
        case .addrx3: return .numberedAddress(try number(ofSize: 3))
        case .addrx4: return .numberedAddress(try number(ofSize: 4))
        case .ref1: return Self.entry(try number(ofSize: 1), from: unit.start)
        case .ref2: return Self.entry(try number(ofSize: 2), from: unit.start)
        case .ref4: return Self.entry(try number(ofSize: 4), from: unit.start)
        case .ref8: return Self.entry(try number(ofSize: 8), from: unit.start)
        case .ref_udata: return Self.entry(try unsigned(), from: unit.start)
        case .ref_addr: return Self.entry(try number(ofSize: encoding.globalReferenceSize), from: 0)
        case .ref_sig8: return .signature(try number(UInt64.self))
        case .sec_offset: return .offset(try number(ofSize: encoding.offsetSize))
        case .rnglistx, .loclistx: return .numberedList(try unsigned())
        case .strp_sup, .ref_sup4, .ref_sup8, .GNU_ref_alt, .GNU_strp_alt:
            _ = try number(ofSize: form == .ref_sup4 ? 4 : form == .ref_sup8 ? 8 : encoding.offsetSize)
            return .elsewhere
        case .indirect: return try value(try indirectForm(), in: unit)
        }
    }

    /// The form that stands before an indirect value.
    ///
    /// - Throws: `ELFError.unknownForm` for an unknown one, and for those that make no sense here.
    @_lifetime(self: copy self)
    mutating func indirectForm() throws(ELFError) -> DW_FORM {
        let start = position
        let number = try unsigned()
        guard let form = DW_FORM(rawValue: number), form != .indirect, form != .implicit_const else {
            let place = place(of: start)
            throw .unknownForm(place.part, offset: place.offset, form: number)
        }
        return form
    }

    @_lifetime(self: copy self)
    private mutating func block(ofSize size: UInt64) throws(ELFError) -> AttributeValue {
        let start = position
        try skip(size)
        return .block(start..<position)
    }

    /// A place that does not fit is none: no entry begins there.
    private static func entry(_ offset: UInt64, from base: Int) -> AttributeValue {
        let (position, overflow) = UInt64(base).addingReportingOverflow(offset)
        return .entry(overflow ? .max : Int(clamping: position))
    }
}
