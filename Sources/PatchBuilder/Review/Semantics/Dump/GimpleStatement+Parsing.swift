// SPDX-License-Identifier: Apache-2.0

extension GimpleStatement {
    /// Reads a statement; nil for one that does nothing.
    init?(_ tokens: ArraySlice<GimpleToken>, line: Int) throws(GimpleError) {
        if tokens.first?.isSign("#") == true {
            try self.init(choice: tokens.dropFirst(), line: line)
            return
        }
        if tokens.first?.spelling == "GIMPLE_NOP" { return nil }
        guard let end = tokens.firstIndexOutsideBrackets(where: { $0.isSign(";") }) else {
            throw .unknownStatement(Self.shown(tokens), line: line)
        }
        let words = tokens[..<end]
        if words.first?.spelling == "return" {
            let operand = try GimpleExpression.operand(words.dropFirst(), line)
            self.init(action: .end(operand), uses: try GimpleExpression.references(in: words.dropFirst(), line))
            return
        }
        if let call = try GimpleExpression.call(words, line) {
            self.init(action: .call(call.call, result: nil), uses: call.uses)
            return
        }
        try self.init(assignment: words, line: line)
    }

    private init?(assignment words: ArraySlice<GimpleToken>, line: Int) throws(GimpleError) {
        guard let equals = words.firstIndexOutsideBrackets(where: { $0.isSign("=") }), equals > words.startIndex,
            var target = try GimpleExpression.wholeReference(words[..<equals], line)
        else { throw .unknownStatement(Self.shown(words), line: line) }
        target.reference.isAddress = false
        var value = words[(equals + 1)...]
        // `={v}` marks a volatile access.
        if value.prefix(3).map(\.spelling) == ["{", "v", "}"] { value = value.dropFirst(3) }
        if value.first?.isSign("{") == true, value.dropFirst().first?.spelling == "CLOBBER" { return nil }
        if let call = try GimpleExpression.call(value, line) {
            self.init(action: .call(call.call, result: target.reference), uses: call.uses + target.inner)
            return
        }
        let uses = try GimpleExpression.references(in: value, line)
        let operands = try GimpleExpression.operands(of: value, line)
        self.init(action: .assign(to: target.reference, from: operands), uses: uses + target.inner)
    }

    /// `x_1 = PHI <a_2(3), 0B(4)>`: the value that the block was reached with.
    private init?(choice words: ArraySlice<GimpleToken>, line: Int) throws(GimpleError) {
        let parts = Array(words)
        guard parts.count >= 5, parts[0].kind == .name, parts[1].isSign("="), parts[2].spelling == "PHI",
            parts[3].isSign("<"), parts[parts.count - 1].isSign(">")
        else { throw .unknownStatement(Self.shown(words), line: line) }
        var operands: [GimpleOperand] = []
        var uses: [GimpleReference] = []
        for part in parts[4..<(parts.count - 1)].splitAtCommas() {
            guard part.last?.isSign(")") == true, let open = part.indexOfOpening() else {
                throw .unknownStatement(Self.shown(words), line: line)
            }
            if let operand = try GimpleExpression.operand(part[..<open], line) { operands.append(operand) }
            uses += try GimpleExpression.references(in: part[..<open], line)
        }
        self.init(action: .assign(to: GimpleReference(parts[0].spelling), from: operands), uses: uses)
    }

    /// Assembler text: the template says nothing of members, and what follows it names what is written and read.
    init(assembly text: ArraySlice<UInt8>, line: Int) throws(GimpleError) {
        let (outputs, others) = Self.operands(ofAssembly: text)
        let written = try Self.references(inOperands: outputs, line)
        self.init(
            action: .assembly(written: written), uses: try written + Self.references(inOperands: others, line))
    }

    /// The labels that assembler text may jump to: `__asm__ __volatile__ goto("template" : : : : "name" name);`.
    static func labels(ofAssembly text: ArraySlice<UInt8>) -> Set<String> {
        guard let quote = text.firstIndex(of: UInt8(ascii: "\"")),
            text[..<quote].firstRange(of: Array(" goto(".utf8)) != nil
        else { return [] }
        var rest = operands(ofAssembly: text).1
        while let colon = unquoted(rest).firstIndex(of: UInt8(ascii: ":")) { rest = rest[(colon + 1)...] }
        let names = unquoted(rest).split { byte in
            !GimpleText.beginsName(byte) && !GimpleText.isDigit(byte) && byte != UInt8(ascii: ".")
        }
        return Set(names.map { String(decoding: $0, as: UTF8.self) })
    }

    /// What stands between the template and the first colon behind it, and the rest.
    ///
    /// `__asm__("template" : "=m" s_1->a : "r" _2 : "memory");`: the template is written as it is, with its own quotes.
    private static func operands(ofAssembly text: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
        guard let start = text.firstRange(of: Array("\" : ".utf8))?.upperBound else { return ([], []) }
        var isQuoted = false
        var isEscaped = false
        for index in text[start...].indices {
            let byte = text[index]
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = isQuoted
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == UInt8(ascii: ":"), !isQuoted {
                return (text[start..<index], text[(index + 1)...])
            }
        }
        return (text[start...], [])
    }

    /// What operands name; what is in quotes are constraints, registers and texts.
    private static func references(
        inOperands text: ArraySlice<UInt8>, _ line: Int
    ) throws(GimpleError) -> [GimpleReference] {
        let known = unquoted(text).map { byte in
            GimpleText.signs.contains(byte) || GimpleText.beginsName(byte) || GimpleText.isDigit(byte) ? byte : 0x20
        }
        let tokens = try GimpleLexer.tokens(of: known[...], line: line)
        return (try? GimpleExpression.references(in: tokens[...], line)) ?? []
    }

    /// The text with blanks in place of what is quoted, at the same positions.
    private static func unquoted(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var isQuoted = false
        var isEscaped = false
        var unquoted = text
        for index in text.indices {
            let byte = text[index]
            let isInside = isQuoted || byte == UInt8(ascii: "\"")
            if isEscaped {
                isEscaped = false
            } else {
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                isEscaped = isQuoted && byte == UInt8(ascii: "\\")
            }
            if isInside { unquoted[index] = 0x20 }
        }
        return unquoted
    }

    static func shown(_ text: ArraySlice<UInt8>) -> String { String(decoding: text.prefix(80), as: UTF8.self) }

    static func shown(_ tokens: ArraySlice<GimpleToken>) -> String {
        tokens.prefix(16).map(\.spelling).joined(separator: " ")
    }
}
