// SPDX-License-Identifier: Apache-2.0

extension GimpleFunction {
    /// Reads a function whose name has been read, up to its closing brace.
    init(parsing lines: inout GimpleLines, name: String, symbol: String) throws(GimpleError) {
        self.init(name: name, symbol: symbol)
        try readHeader(&lines)
        var body = try readDeclarations(&lines)
        while let line = body ?? lines.nextFilled() {
            body = nil
            if line.elementsEqual("}".utf8) {
                try connect(line: lines.number)
                return
            }
            try read(line, &lines)
        }
        throw .truncated(line: lines.number)
    }

    /// The lines up to the opening brace: remarks, attributes, and at last `TYPE NAME (PARAMETERS)`.
    private mutating func readHeader(_ lines: inout GimpleLines) throws(GimpleError) {
        let lead = Array("\(name) (".utf8)
        var header: ArraySlice<UInt8>?
        while let line = lines.next() {
            if line.elementsEqual("{".utf8) { break }
            // The type before the name may be an anonymous structure, written over several lines.
            let whole = try lines.completed(line)
            if Self.parameters(in: whole, after: lead) != nil { header = whole }
        }
        guard let header, let parameters = Self.parameters(in: header, after: lead) else {
            throw .unknownHeader(line: lines.number)
        }
        let tokens = try GimpleLexer.tokens(of: parameters, line: lines.number)
        for part in tokens[...].splitAtCommas() {
            guard let declaration = GimpleDeclaration(part) else { continue }
            self.parameters.append(declaration.name)
            types[declaration.name] = declaration.type
        }
    }

    /// What is between the brackets behind the function's name, if they end the line.
    private static func parameters(in line: ArraySlice<UInt8>, after lead: [UInt8]) -> ArraySlice<UInt8>? {
        guard line.last == UInt8(ascii: ")") else { return nil }
        for range in line.ranges(of: lead) {
            let isWord =
                range.lowerBound == line.startIndex || GimpleText.isBlank(line[range.lowerBound - 1])
                || line[range.lowerBound - 1] == UInt8(ascii: "*")
            guard isWord else { continue }
            return line[range.upperBound...].dropLast()
        }
        return nil
    }

    /// The declarations of local variables; returns the line that is none.
    private mutating func readDeclarations(_ lines: inout GimpleLines) throws(GimpleError) -> ArraySlice<UInt8>? {
        while let line = lines.nextFilled() {
            let isType = ["<unnamed", "<address-space-"].contains { line.starts(with: $0.utf8) }
            guard line.first != UInt8(ascii: "<") || isType, line.first != UInt8(ascii: "}") else { return line }
            let whole = try lines.completed(line) { $0.last == UInt8(ascii: ";") }
            let tokens = try GimpleLexer.tokens(of: whole, line: lines.number)
            guard let declaration = GimpleDeclaration(tokens.dropLast()) else { continue }
            types[declaration.name] = declaration.type
            if declaration.isStatic { statics.insert(declaration.name) }
        }
        return nil
    }
}

/// A variable with its type.
struct GimpleDeclaration {
    var name: String
    var type: GimpleType
    var isStatic: Bool

    /// Reads `TYPE NAME`, with what may stand behind it: dimensions and an initialiser.
    init?(_ tokens: ArraySlice<GimpleToken>) {
        var tokens = tokens
        if let equals = tokens.firstIndexOutsideBrackets(where: { $0.isSign("=") }) { tokens = tokens[..<equals] }
        while tokens.last?.isSign("]") == true {
            guard let open = tokens.indexOfOpening() else { return nil }
            tokens = tokens[..<open]
        }
        guard let last = tokens.popLast(), last.kind == .name else { return nil }
        name = last.spelling
        isStatic = tokens.first?.spelling == "static"
        type = GimpleType(tokens) ?? GimpleType()
    }
}

extension GimpleType {
    private static let qualifiers: Set<String> = [
        "const", "volatile", "restrict", "static", "extern", "register", "atomic", "_Atomic", "__restrict",
    ]

    /// Reads a type; nil for what is no type.
    init?(_ tokens: ArraySlice<GimpleToken>) {
        self.init(unspelled: tokens)
        guard pointers > 0 else { return }
        words = tokens.map(\.spelling).filter { !Self.qualifiers.contains($0) }
    }

    private init?(unspelled tokens: ArraySlice<GimpleToken>) {
        var rest = tokens.drop { Self.qualifiers.contains($0.spelling) }
        guard let first = rest.popFirst(), first.kind == .name || first.isSign("<") else { return nil }
        guard ["struct", "union", "class"].contains(first.spelling) else {
            self.init(record: nil, pointers: rest.count { $0.isSign("*") })
            return
        }
        var record = ""
        if rest.first?.kind == .name {
            record = rest.removeFirst().spelling
            while rest.first?.isSign(".") == true, let part = rest.dropFirst().first, part.kind == .name {
                record += "." + part.spelling
                rest = rest.dropFirst(2)
            }
        }
        if rest.first?.isSign("{") == true, let end = rest.endOfBrackets() { rest = rest[end...] }
        // A function that returns a structure is none.
        guard !rest.contains(where: { $0.isSign("(") }) else {
            self.init(record: nil, pointers: 1)
            return
        }
        self.init(record: record, pointers: rest.count { $0.isSign("*") })
    }
}
