// SPDX-License-Identifier: Apache-2.0

/// Follows C and C++ text line by line, far enough to know where a preprocessor line may be put between two lines.
///
/// It knows translation phases 2 and 3 of the C standard (spliced lines, comments, literals, directives) and counts
/// brackets. It does not expand macros and does not evaluate conditions.
struct SourceLexer {
    private enum State: Equatable {
        case code
        case lineComment
        case blockComment
        case literal(quote: UInt8)
        case rawString(terminator: [UInt8])
    }

    /// What of the state depends on which branch of a conditional is taken.
    private struct Shape: Equatable {
        var depth = 0
        /// The last byte outside blanks and comments; nil at the start of the file.
        var last: UInt8?
    }

    private struct Conditional {
        var entry: Shape
        var firstBranchEnd: Shape?
    }

    private var state = State.code
    private var shape = Shape()
    private var conditionals: [Conditional] = []
    /// The directive being read, without its `#`.
    private var directive: [UInt8]?
    private var splices = false
    /// A `#` begins a directive only if nothing but blanks and comments is before it on its line.
    private var lineHasCode = false

    /// The directive that the last line ended, if it did.
    private(set) var endedDirective: Directive?

    /// How many conditional groups enclose the place after the last line.
    var conditionalDepth: Int { conditionals.count }

    /// Whether a preprocessor line may stand after the last line, and cannot land in a macro's arguments or in a declaration.
    var isAtSafePlace: Bool {
        guard state == .code, directive == nil, !splices, shape.depth == 0 else { return false }
        return shape.last.map { Self.enders.contains($0) } ?? true
    }

    private static let enders: Set<UInt8> = [0x3B, 0x7B, 0x7D]  // ; { }

    /// Takes in the next line, with its line end.
    mutating func read(_ line: ArraySlice<UInt8>) {
        endedDirective = nil
        var text = Lines.withoutEnd(line)
        splices = isInRawString ? false : Self.isSpliced(&text)
        var cursor = text.startIndex
        while cursor < text.endIndex { cursor = step(text, cursor) }
        guard !splices, state != .blockComment, !isInRawString else { return }
        // C11 6.4.5: neither a string nor a character constant goes over a line end; text in a skipped group may try.
        state = .code
        lineHasCode = false
        if let ended = directive { finish(ended) }
    }

    private var isInRawString: Bool {
        if case .rawString = state { true } else { false }
    }

    /// Whether the line goes on in the next one; GCC allows blanks after the backslash.
    private static func isSpliced(_ text: inout ArraySlice<UInt8>) -> Bool {
        guard let last = text.lastIndex(where: { !isBlank($0) }), text[last] == 0x5C else { return false }
        text = text[..<last]
        return true
    }

    private mutating func step(_ text: ArraySlice<UInt8>, _ cursor: Int) -> Int {
        switch state {
        case .lineComment: return text.endIndex
        case .blockComment:
            guard text[cursor] == 0x2A, Self.byte(text, cursor + 1) == 0x2F else { return cursor + 1 }
            state = .code
            return cursor + 2
        case .literal(let quote):
            if text[cursor] == 0x5C { return min(cursor + 2, text.endIndex) }
            if text[cursor] == quote { state = .code }
            return cursor + 1
        case .rawString(let terminator):
            guard text[cursor...].starts(with: terminator) else { return cursor + 1 }
            state = .code
            return cursor + terminator.count
        case .code: return stepCode(text, cursor)
        }
    }

    private mutating func stepCode(_ text: ArraySlice<UInt8>, _ cursor: Int) -> Int {
        let byte = text[cursor]
        if Self.isBlank(byte) { return note(byte, cursor + 1) }
        if byte == 0x2F, Self.byte(text, cursor + 1) == 0x2F { return enter(.lineComment, cursor + 2) }
        if byte == 0x2F, Self.byte(text, cursor + 1) == 0x2A { return enter(.blockComment, cursor + 2) }
        if directive == nil, byte == 0x23, !lineHasCode {
            directive = []
            return cursor + 1
        }
        if Self.isWord(byte) { return readWord(text, cursor) }
        if byte == 0x22 || byte == 0x27 { state = .literal(quote: byte) }
        return note(byte, cursor + 1)
    }

    private mutating func enter(_ next: State, _ cursor: Int) -> Int {
        state = next
        return cursor
    }

    /// An identifier or a number as a whole, so that `'` in `1'000` and the prefix in `u8R"(…)"` are seen for what they are.
    private mutating func readWord(_ text: ArraySlice<UInt8>, _ cursor: Int) -> Int {
        let isNumber = (0x30...0x39).contains(text[cursor])
        var end = cursor
        while let byte = Self.byte(text, end) {
            let separates = isNumber && byte == 0x27 && Self.byte(text, end + 1).map(Self.isWord) == true
            guard Self.isWord(byte) || separates else { break }
            end += 1
        }
        for index in cursor..<end { _ = note(text[index], index + 1) }
        guard !isNumber, text[end - 1] == 0x52, Self.byte(text, end) == 0x22 else { return end }
        return beginRawString(text, end)
    }

    private mutating func beginRawString(_ text: ArraySlice<UInt8>, _ quote: Int) -> Int {
        let delimiter = text[(quote + 1)...].prefix { !Self.isBlank($0) && $0 != 0x28 && $0 != 0x29 && $0 != 0x5C }
        // C++ [lex.string]: at most 16 characters.
        guard delimiter.count <= 16, Self.byte(text, delimiter.endIndex) == 0x28 else { return quote }
        _ = note(0x22, quote)
        state = .rawString(terminator: [0x29] + delimiter + [0x22])
        return delimiter.endIndex + 1
    }

    /// Takes a byte of code into account.
    private mutating func note(_ byte: UInt8, _ next: Int) -> Int {
        if directive != nil {
            directive?.append(byte)
            return next
        }
        guard !Self.isBlank(byte) else { return next }
        lineHasCode = true
        shape.last = byte
        if byte == 0x28 || byte == 0x5B { shape.depth += 1 }
        if byte == 0x29 || byte == 0x5D { shape.depth = max(0, shape.depth - 1) }
        return next
    }

    private mutating func finish(_ text: [UInt8]) {
        directive = nil
        let ended = Directive(text)
        endedDirective = ended
        switch ended {
        case .begin: conditionals.append(Conditional(entry: shape))
        case .middle:
            guard var inner = conditionals.popLast() else { return }
            // The branches are alternatives: each starts as the first did, and the first says how they end.
            inner.firstBranchEnd = inner.firstBranchEnd ?? shape
            shape = inner.entry
            conditionals.append(inner)
        case .end:
            guard let inner = conditionals.popLast() else { return }
            shape = inner.firstBranchEnd ?? shape
        case .line, .other: break
        }
    }

    private static func byte(_ text: ArraySlice<UInt8>, _ index: Int) -> UInt8? {
        text.indices.contains(index) ? text[index] : nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
        default: false
        }
    }
}
