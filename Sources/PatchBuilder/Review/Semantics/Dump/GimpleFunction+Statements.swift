// SPDX-License-Identifier: Apache-2.0

extension GimpleFunction {
    /// Takes in a line of the body, with those that belong to it.
    mutating func read(_ line: ArraySlice<UInt8>, _ lines: inout GimpleLines) throws(GimpleError) {
        let start = lines.number
        if line.starts(with: "# DEBUG".utf8) || line.starts(with: "//".utf8) || line.starts(with: ";;".utf8) { return }
        if line.starts(with: "<bb ".utf8) {
            try beginBlock(line, start)
        } else if line.starts(with: "__asm__".utf8) {
            // The template is written as it is, with its quotes and line ends.
            let whole = try lines.completedAssembly(line)
            try append(GimpleStatement(assembly: whole, line: start), start)
            let labels = GimpleStatement.labels(ofAssembly: whole)
            if let last = blocks.last?.number, !labels.isEmpty { assemblyLabels[last, default: []].formUnion(labels) }
        } else if line.last == UInt8(ascii: ":") || Self.isLabel(line) {
            try addLabel(line, start)
        } else {
            try readStatement(try lines.completed(line), start)
        }
    }

    private mutating func readStatement(_ text: ArraySlice<UInt8>, _ line: Int) throws(GimpleError) {
        let tokens = try GimpleLexer.tokens(of: text, line: line)
        switch tokens.first?.spelling {
        case "else": return
        case "goto": try readJump(tokens[...], line)
        case "switch": try readSwitch(tokens[...], line)
        case "if": try append(.init(action: .look, uses: try GimpleExpression.references(in: tokens[1...], line)), line)
        case "resx", "eh_dispatch":
            // An exception goes on: where to is not said, and C has none.
            try append(.init(action: .look, uses: []), line)
        default: try append(GimpleStatement(tokens[...], line: line), line)
        }
    }

    private mutating func append(_ statement: GimpleStatement?, _ line: Int) throws(GimpleError) {
        guard let statement else { return }
        guard let last = blocks.indices.last else { throw .unknownStatement("outside of a block", line: line) }
        blocks[last].statements.append(statement)
    }

    /// `<bb 2> :`, in some versions with a count before the colon.
    private mutating func beginBlock(_ line: ArraySlice<UInt8>, _ start: Int) throws(GimpleError) {
        guard line.last == UInt8(ascii: ":"), let number = Self.blockNumber(line) else {
            throw .unknownStatement(GimpleStatement.shown(line), line: start)
        }
        blocks.append(GimpleBlock(number: number))
    }

    /// The number in `<bb 7>`.
    private static func blockNumber(_ text: ArraySlice<UInt8>) -> Int? {
        Int(String(decoding: text.dropFirst(4).prefix(while: GimpleText.isDigit), as: UTF8.self))
    }

    /// `NAME:` and `<L0>:`, in some versions with `[non-local]` behind it.
    private static func isLabel(_ line: ArraySlice<UInt8>) -> Bool {
        line.last == UInt8(ascii: "]") && line.contains(UInt8(ascii: ":")) && line.first == UInt8(ascii: "<")
    }

    private mutating func addLabel(_ line: ArraySlice<UInt8>, _ start: Int) throws(GimpleError) {
        let end = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        let name = line[..<end].filter { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
        guard !name.isEmpty, name.allSatisfy({ Self.isInLabel($0) }), let last = blocks.last else {
            throw .unknownStatement(GimpleStatement.shown(line), line: start)
        }
        labels[String(decoding: name, as: UTF8.self), default: []].insert(last.number)
    }

    private static func isInLabel(_ byte: UInt8) -> Bool {
        GimpleText.beginsName(byte) || GimpleText.isDigit(byte) || byte == UInt8(ascii: ".")
    }

    /// `goto <bb 7>;` or, computed, `goto x;`.
    private mutating func readJump(_ tokens: ArraySlice<GimpleToken>, _ line: Int) throws(GimpleError) {
        guard let last = blocks.indices.last else { throw .unknownStatement("goto", line: line) }
        let rest = Array(tokens.dropFirst())
        if rest.count >= 4, rest[0].isSign("<"), rest[1].spelling == "bb", let number = Int(rest[2].spelling) {
            blocks[last].successors.append(number)
        } else if rest.count >= 2, rest[0].kind == .name {
            computedJumps.insert(blocks[last].number)
        } else if rest.count >= 4, rest[0].isSign("<"), rest[1].kind == .name {
            jumpLabels[blocks[last].number, default: []].insert(rest[1].spelling)
        } else {
            throw .unknownStatement("goto", line: line)
        }
    }

    /// `switch (x) <default: <L2> [INV], case 1: <L0> [INV]>`.
    private mutating func readSwitch(_ tokens: ArraySlice<GimpleToken>, _ line: Int) throws(GimpleError) {
        let operand = tokens.dropFirst()
        guard let end = operand.endOfBrackets() else { throw .unknownStatement("switch", line: line) }
        try append(.init(action: .look, uses: try GimpleExpression.references(in: operand[..<end], line)), line)
        let list = Array(tokens[end...])
        guard let last = blocks.last?.number, list.first?.isSign("<") == true else {
            throw .unknownStatement("switch", line: line)
        }
        for index in list.indices.dropLast(3)
        where list[index].isSign(":") && list[index + 1].isSign("<") && list[index + 3].isSign(">") {
            jumpLabels[last, default: []].insert(list[index + 2].spelling)
        }
        guard jumpLabels[last] != nil else { throw .unknownStatement("switch", line: line) }
    }

    /// Completes the edges when all blocks and labels are known.
    mutating func connect(line: Int) throws(GimpleError) {
        guard !blocks.isEmpty else { throw .unknownHeader(line: line) }
        let numbers = Set(blocks.map(\.number))
        for index in blocks.indices {
            let number = blocks[index].number
            for label in jumpLabels[number] ?? [] {
                blocks[index].successors += try targets(of: label, line)
            }
            if computedJumps.contains(number) {
                blocks[index].successors += labels.values.reduce(into: Set()) { $0.formUnion($1) }.sorted()
            }
            guard blocks[index].successors.allSatisfy(numbers.contains) else {
                throw .unknownStatement("goto of block \(number)", line: line)
            }
            if blocks[index].fallsThrough, index + 1 < blocks.count {
                blocks[index].successors.append(blocks[index + 1].number)
            }
            // Assembler text may jump, and may go on.
            for label in assemblyLabels[number] ?? [] { blocks[index].successors += try targets(of: label, line) }
        }
        labels = [:]
        jumpLabels = [:]
        assemblyLabels = [:]
        computedJumps = []
    }

    private func targets(of label: String, _ line: Int) throws(GimpleError) -> [Int] {
        guard let targets = labels[label] else { throw .unknownStatement("label \(label)", line: line) }
        return targets.sorted()
    }
}

extension GimpleBlock {
    /// Whether the next block follows: one that jumps says all its successors.
    fileprivate var fallsThrough: Bool {
        guard successors.isEmpty else { return false }
        if case .end = statements.last?.action { return false }
        if case .call(let call, _) = statements.last?.action { return call.callee != "__builtin_unreachable" }
        return true
    }
}
