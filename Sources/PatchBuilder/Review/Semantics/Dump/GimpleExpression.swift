// SPDX-License-Identifier: Apache-2.0

/// Reads what stands in a statement: references wherever they are, and the few forms of values.
enum GimpleExpression {
    /// A reference, and the references inside of it: indices, and pointers that are converted.
    typealias Found = (reference: GimpleReference, inner: [GimpleReference], end: Int)

    /// Every reference in some words.
    static func references(in tokens: ArraySlice<GimpleToken>, _ line: Int) throws(GimpleError) -> [GimpleReference] {
        var found: [GimpleReference] = []
        var index = tokens.startIndex
        while index < tokens.endIndex {
            if let reference = try reference(in: tokens, at: index, line) {
                found += reference.inner
                if !reference.reference.base.isEmpty || reference.reference.type != nil {
                    found.append(reference.reference)
                }
                index = reference.end
            } else {
                index = end(ofTypeAt: index, in: tokens) ?? index + 1
            }
        }
        return found
    }

    /// The reference that some words are as a whole; nil if they are none.
    static func wholeReference(
        _ tokens: ArraySlice<GimpleToken>, _ line: Int
    ) throws(GimpleError) -> (reference: GimpleReference, inner: [GimpleReference])? {
        guard !tokens.isEmpty else { return nil }
        // `<retval>` is the function's result.
        if tokens.first?.isSign("<") == true, tokens.count >= 3 {
            let rest = tokens.dropFirst()
            guard let name = rest.first, name.kind == .name else { return nil }
            var reference = GimpleReference(name.spelling)
            var inner: [GimpleReference] = []
            let end = try readSteps(of: &reference, &inner, in: tokens, from: tokens.startIndex + 3, line)
            return end == tokens.endIndex ? (reference, inner) : nil
        }
        if ["REALPART_EXPR", "IMAGPART_EXPR"].contains(tokens.first?.spelling), tokens.last?.isSign(">") == true {
            return try wholeReference(tokens.dropFirst(2).dropLast(), line)
        }
        guard let found = try reference(in: tokens, at: tokens.startIndex, line), found.end == tokens.endIndex else {
            return nil
        }
        return (found.reference, found.inner)
    }

    /// The values that an expression may be a copy of: one, or those of a conditional expression.
    static func operands(of tokens: ArraySlice<GimpleToken>, _ line: Int) throws(GimpleError) -> [GimpleOperand] {
        guard let question = tokens.firstIndexOutsideBrackets(where: { $0.isSign("?") }),
            let colon = tokens[question...].firstIndexOutsideBrackets(where: { $0.isSign(":") })
        else { return try operand(tokens, line).map { [$0] } ?? [] }
        return [
            try operand(tokens[(question + 1)..<colon], line), try operand(tokens[(colon + 1)...], line),
        ].compactMap { $0 }
    }

    /// A value; nil if there is none.
    static func operand(_ tokens: ArraySlice<GimpleToken>, _ line: Int) throws(GimpleError) -> GimpleOperand? {
        var tokens = tokens
        while tokens.first?.isSign("(") == true, let end = tokens.endOfBrackets(), end < tokens.endIndex,
            !tokens[end].isSign("["), !tokens[end].isSign("->"), !tokens[end].isSign(".")
        {
            tokens = tokens[end...]  // a conversion
        }
        guard let first = tokens.first else { return nil }
        if let whole = try wholeReference(tokens, line) {
            return GimpleOperand(reference: whole.reference)
        }
        let unsigned = first.isSign("-") ? tokens.dropFirst() : tokens
        if unsigned.count == 1, let constant = unsigned.first, constant.kind == .text || constant.kind == .number {
            return GimpleOperand(constant: tokens.map(\.spelling).joined())
        }
        // An empty constructor is zero.
        if first.isSign("{"), tokens.count == 2 { return GimpleOperand(constant: "{}") }
        // `p_1 + 8` is still what p_1 leads to.
        let inner = try reference(in: tokens, at: tokens.startIndex, line)
        return GimpleOperand(reference: inner?.reference, isComputed: true)
    }

    /// A call with what it names; nil if the words are none.
    static func call(
        _ tokens: ArraySlice<GimpleToken>, _ line: Int
    ) throws(GimpleError) -> (call: GimpleCall, uses: [GimpleReference])? {
        var rest = tokens
        let isInternal = rest.first?.isSign(".") == true
        if isInternal { rest = rest.dropFirst() }
        guard let name = rest.popFirst(), name.kind == .name, rest.first?.isSign("(") == true,
            let end = rest.endOfBrackets()
        else { return nil }
        var arguments: [GimpleOperand] = []
        var uses = isInternal ? [] : [GimpleReference(name.spelling)]
        for part in rest[(rest.startIndex + 1)..<(end - 1)].splitAtCommas() {
            arguments.append(try operand(part, line) ?? GimpleOperand())
            uses += try references(in: part, line)
        }
        return (GimpleCall(callee: name.spelling, arguments: arguments), uses)
    }
}
