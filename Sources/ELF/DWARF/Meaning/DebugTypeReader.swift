// SPDX-License-Identifier: Apache-2.0

/// Turns entries of debugging information into types.
struct DebugTypeReader {
    let information: DebugInformation
    private(set) var graph = TypeGraph()
    /// The types by their entries.
    private var known: [Int: TypeID] = [:]
    /// Types that are referred to and not read yet; reading them one by one takes no stack.
    private var pending: [(entry: Int, id: TypeID)] = []

    init(_ information: DebugInformation) { self.information = information }

    /// The type that an entry describes; it is known when `finish` has been called.
    mutating func type(at entry: Int) -> TypeID {
        if let id = known[entry] { return id }
        let id = graph.reserve()
        known[entry] = id
        pending.append((entry, id))
        return id
    }

    /// The type that an attribute of an entry refers to; void if there is no such attribute.
    mutating func type(
        of attributes: EntryAttributes, at entry: Int, _ name: DW_AT = .type
    ) throws(ELFError) -> TypeID {
        guard let target = try information.reference(name, of: attributes, at: entry) else { return .void }
        return type(at: target)
    }

    /// Reads everything that has been referred to.
    mutating func finish() throws(ELFError) {
        while let next = pending.popLast() { graph.define(next.id, as: try description(of: next.entry)) }
    }

    private mutating func description(of entry: Int) throws(ELFError) -> TypeDescription {
        let attributes = try information.attributes(of: entry)
        let tag = information.index.entries[entry].tag
        switch tag {
        case .base_type, .unspecified_type:
            return .base(try baseType(attributes, at: entry))
        case .pointer_type: return try pointer(.pointer, attributes, at: entry)
        case .reference_type: return try pointer(.reference, attributes, at: entry)
        case .rvalue_reference_type: return try pointer(.rvalueReference, attributes, at: entry)
        case .ptr_to_member_type: return try pointer(.memberPointer, attributes, at: entry)
        case .const_type: return .qualified(.constant, try type(of: attributes, at: entry))
        case .volatile_type: return .qualified(.volatile, try type(of: attributes, at: entry))
        case .restrict_type: return .qualified(.restrict, try type(of: attributes, at: entry))
        case .atomic_type: return .qualified(.atomic, try type(of: attributes, at: entry))
        case .typedef, .template_alias:
            let name = try information.name(of: attributes, at: entry) ?? TypeName(name: "")
            return .alias(name, of: try type(of: attributes, at: entry))
        case .structure_type: return try record(.structure, attributes, at: entry)
        case .class_type, .interface_type: return try record(.class, attributes, at: entry)
        case .union_type: return try record(.union, attributes, at: entry)
        case .enumeration_type: return try enumeration(attributes, at: entry)
        case .array_type: return try array(attributes, at: entry)
        case .subroutine_type: return .function(try functionType(attributes, at: entry))
        // A type with limits, or that is handled in a special way, is the type.
        case .subrange_type, .packed_type, .shared_type, .immutable_type, .dynamic_type:
            return .alias(
                try information.name(of: attributes, at: entry) ?? TypeName(name: "range"),
                of: try type(of: attributes, at: entry))
        default:
            return .unknown(try information.text(.name, of: attributes, at: entry) ?? "a type of another language")
        }
    }

    private func baseType(_ attributes: EntryAttributes, at entry: Int) throws(ELFError) -> BaseType {
        let encoding = attributes.unsigned(.encoding) ?? 0
        let bits = attributes.unsigned(.bit_size).map { $0 / 8 }
        return BaseType(
            name: try information.text(.name, of: attributes, at: entry) ?? "",
            byteSize: attributes.unsigned(.byte_size) ?? bits ?? 0,
            encoding: BaseType.Encoding(encoding))
    }

    private mutating func pointer(
        _ kind: PointerType.Kind, _ attributes: EntryAttributes, at entry: Int
    ) throws(ELFError) -> TypeDescription {
        let container = try information.reference(.containing_type, of: attributes, at: entry)
        return .pointer(
            PointerType(
                kind: kind, target: try type(of: attributes, at: entry),
                byteSize: attributes.unsigned(.byte_size) ?? 8, container: container.map { type(at: $0) }))
    }

    /// The dimensions of an array are its children, the outermost first; each becomes an array of the rest.
    private mutating func array(_ attributes: EntryAttributes, at entry: Int) throws(ELFError) -> TypeDescription {
        var counts: [UInt64?] = []
        for child in information.index.children(of: entry) {
            let tag = information.index.entries[child].tag
            guard tag == .subrange_type || tag == .generic_subrange || tag == .enumeration_type else { continue }
            counts.append(try information.attributes(of: child).elementCount)
        }
        let isVector = attributes.flag(.GNU_vector)
        var element = try type(of: attributes, at: entry)
        for count in counts.dropFirst().reversed() {
            let id = graph.reserve()
            graph.define(id, as: .array(ArrayType(element: element, count: count, isVector: isVector)))
            element = id
        }
        return .array(ArrayType(element: element, count: counts.first ?? nil, isVector: isVector))
    }

    mutating func functionType(_ attributes: EntryAttributes, at entry: Int) throws(ELFError) -> FunctionType {
        var function = FunctionType(result: try type(of: attributes, at: entry), parameters: [], isVariadic: false)
        for child in information.index.children(of: entry) {
            switch information.index.entries[child].tag {
            case .formal_parameter: function.parameters.append(try variableType(at: child))
            case .unspecified_parameters: function.isVariadic = true
            default: continue
            }
        }
        return function
    }

    /// The type of a variable, which its declaration elsewhere may say.
    mutating func variableType(at entry: Int) throws(ELFError) -> TypeID {
        let (holder, attributes) = try information.holder(of: .type, from: entry)
        return try type(of: attributes, at: holder)
    }
}

extension BaseType.Encoding {
    fileprivate init(_ code: UInt64) {
        self =
            switch code {
            case DW_ATE_signed, DW_ATE_signed_char: .signed
            case DW_ATE_unsigned, DW_ATE_unsigned_char: .unsigned
            case DW_ATE_boolean: .boolean
            case DW_ATE_float: .floatingPoint
            case DW_ATE_complex_float, DW_ATE_imaginary_float: .complex
            case DW_ATE_decimal_float: .decimal
            case DW_ATE_UTF: .character
            default: .other(code)
            }
    }
}

extension EntryAttributes {
    /// The number of elements of an array's dimension; nil if it is flexible or computed.
    fileprivate var elementCount: UInt64? {
        if let count = unsigned(.count) { return count }
        switch self[.upper_bound] {
        // gcc says that `char x[0]` ends at -1.
        case .signed(-1)?: return 0
        case .signed?, .unsigned?:
            guard let last = unsigned(.upper_bound) else { return nil }
            let (count, overflow) = (last &- (unsigned(.lower_bound) ?? 0)).addingReportingOverflow(1)
            return overflow ? nil : count
        default: return nil
        }
    }
}
