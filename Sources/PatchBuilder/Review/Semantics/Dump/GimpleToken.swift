// SPDX-License-Identifier: Apache-2.0

/// A word of a statement.
struct GimpleToken: Hashable {
    enum Kind: Hashable {
        case name
        case number
        case text
        case sign
    }

    var kind: Kind
    var spelling: String

    /// Whether it is this sign.
    func isSign(_ sign: String) -> Bool { kind == .sign && spelling == sign }
    /// Whether it can end an operand, so that a `*` or `&` behind it is between two of them.
    var endsOperand: Bool {
        switch kind {
        case .name, .number, .text: true
        case .sign: spelling == ")" || spelling == "]"
        }
    }
}

/// Splits the text of a statement into words.
struct GimpleLexer {
    private let text: ArraySlice<UInt8>
    private let line: Int
    private var position: Int
    private var tokens: [GimpleToken] = []

    /// The words of a statement that begins on a line.
    static func tokens(of text: ArraySlice<UInt8>, line: Int) throws(GimpleError) -> [GimpleToken] {
        var lexer = GimpleLexer(text, line)
        while lexer.position < lexer.text.endIndex { try lexer.step() }
        return lexer.tokens
    }

    private init(_ text: ArraySlice<UInt8>, _ line: Int) {
        self.text = text
        self.line = line
        position = text.startIndex
    }

    private func byte(_ offset: Int = 0) -> UInt8? {
        let index = position + offset
        return index < text.endIndex ? text[index] : nil
    }

    private mutating func step() throws(GimpleError) {
        guard let first = byte() else { return }
        if GimpleText.isBlank(first) {
            position += 1
        } else if let end = endOfAddressSpace() {
            position = end
        } else if GimpleText.beginsName(first) {
            readName()
        } else if GimpleText.isDigit(first) {
            readNumber()
        } else if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            try readText(first)
        } else {
            try readSign(first)
        }
    }

    /// The end of `<address-space-2>`: a qualifier, as `const` is, of what kernels keep for each processor (`__seg_gs`).
    private func endOfAddressSpace() -> Int? {
        let mark = "<address-space-".utf8
        guard text[position...].starts(with: mark) else { return nil }
        let digits = text[(position + mark.count)...].prefix(while: GimpleText.isDigit)
        guard !digits.isEmpty, digits.endIndex < text.endIndex, text[digits.endIndex] == UInt8(ascii: ">") else {
            return nil
        }
        return digits.endIndex + 1
    }

    /// A dot belongs to the name if a digit follows, as in `D.2084` and `once.3_1`: a member begins with a letter.
    private mutating func readName() {
        let start = position
        while let next = byte() {
            let isDot = next == UInt8(ascii: ".") && byte(1).map(GimpleText.isDigit) == true
            guard isDot || GimpleText.beginsName(next) || GimpleText.isDigit(next) else { break }
            position += 1
        }
        tokens.append(.init(kind: .name, spelling: String(decoding: text[start..<position], as: UTF8.self)))
        // `(D)` is the value at the function's start, `(ab)` one that lives over an abnormal edge.
        for mark in ["(D)", "(ab)"] where text[position...].starts(with: mark.utf8) { position += mark.utf8.count }
    }

    private mutating func readNumber() {
        let start = position
        while let next = byte() {
            let isSignOfExponent =
                (next == UInt8(ascii: "+") || next == UInt8(ascii: "-")) && position > start
                && [UInt8(ascii: "e"), UInt8(ascii: "p")].contains(text[position - 1])
            guard
                isSignOfExponent || next == UInt8(ascii: ".") || GimpleText.beginsName(next)
                    || GimpleText.isDigit(next)
            else { break }
            // `3 ... 5` has blanks, `0...5` has none.
            if next == UInt8(ascii: "."), byte(1) == next { break }
            position += 1
        }
        tokens.append(.init(kind: .number, spelling: String(decoding: text[start..<position], as: UTF8.self)))
    }

    private mutating func readText(_ quote: UInt8) throws(GimpleError) {
        let start = position
        position += 1
        while let next = byte() {
            position += next == UInt8(ascii: "\\") ? 2 : 1
            if next == quote {
                let end = min(position, text.endIndex)
                tokens.append(.init(kind: .text, spelling: String(decoding: text[start..<end], as: UTF8.self)))
                return
            }
        }
        throw .truncated(line: line)
    }

    private mutating func readSign(_ first: UInt8) throws(GimpleError) {
        if first == UInt8(ascii: "-"), byte(1) == UInt8(ascii: ">") {
            tokens.append(.init(kind: .sign, spelling: "->"))
            position += 2
            return
        }
        guard GimpleText.signs.contains(first) else { throw .unknownByte(first, line: line) }
        tokens.append(.init(kind: .sign, spelling: String(decoding: [first], as: UTF8.self)))
        position += 1
    }
}

/// What bytes are in the text of a dump.
enum GimpleText {
    static let signs = Set("(){}[]<>*&.,;:=+-/%|^~!?#@".utf8)

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    /// Letters, `_`, `$`, and all that is not ASCII.
    static func beginsName(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x24 || byte >= 0x80
    }
}
