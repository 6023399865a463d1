// SPDX-License-Identifier: Apache-2.0

extension GimpleDump {
    /// Reads a dump.
    ///
    /// - Throws: ``GimpleError`` at the first thing of a form that is unknown.
    init(parsing text: [UInt8]) throws(GimpleError) {
        var lines = GimpleLines(text)
        while let line = lines.next() {
            guard let name = Self.functionName(in: line) else { continue }
            functions.append(try GimpleFunction(parsing: &lines, name: name))
        }
    }

    /// The name in `;; Function NAME (ASSEMBLER-NAME, …`.
    private static func functionName(in line: ArraySlice<UInt8>) -> String? {
        let lead = Array(";; Function ".utf8)
        guard line.starts(with: lead) else { return nil }
        let rest = line.dropFirst(lead.count)
        return rest.firstRange(of: Array(" (".utf8)).map {
            String(decoding: rest[..<$0.lowerBound], as: UTF8.self)
        }
    }
}

/// The lines of a dump, and the longer texts that go over several of them.
struct GimpleLines {
    private let text: [UInt8]
    private var position = 0
    /// The number of the last line, from 1.
    private(set) var number = 0

    /// No statement, initialiser or type of a unit is longer.
    private static let limit = 16 << 20

    init(_ text: [UInt8]) { self.text = text }

    /// The next line without its end.
    mutating func next() -> ArraySlice<UInt8>? {
        guard position < text.count else { return nil }
        let end = text[position...].firstIndex(of: 0x0A) ?? text.count
        defer { position = end + 1 }
        number += 1
        return text[position..<end]
    }

    /// The next line that is not blank, without the blanks around it.
    mutating func nextFilled() -> ArraySlice<UInt8>? {
        while let line = next() {
            let trimmed = Self.trimmed(line)
            if !trimmed.isEmpty { return trimmed }
        }
        return nil
    }

    /// The line, and those after it up to one with which all brackets are closed, and which `ends` accepts.
    mutating func completed(
        _ first: ArraySlice<UInt8>, ends: (ArraySlice<UInt8>) -> Bool = { _ in true }
    ) throws(GimpleError) -> ArraySlice<UInt8> {
        let start = number
        var balance = GimpleBalance()
        balance.read(first)
        var whole = first
        while !balance.isClosed || !ends(whole) {
            guard let line = next() else { throw .truncated(line: start) }
            whole = text[whole.startIndex..<line.endIndex]
            guard whole.count < Self.limit else { throw .tooLarge(line: start) }
            balance.read(line)
        }
        return Self.trimmed(whole)
    }

    /// An assembler statement, up to the line that ends with `);`: its template is written with its own quotes.
    mutating func completedAssembly(_ first: ArraySlice<UInt8>) throws(GimpleError) -> ArraySlice<UInt8> {
        let start = number
        var whole = first
        while !Self.trimmed(whole).suffix(2).elementsEqual(");".utf8) {
            guard let line = next() else { throw .truncated(line: start) }
            whole = text[whole.startIndex..<line.endIndex]
        }
        return whole
    }

    static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = line.lastIndex(where: { !GimpleText.isBlank($0) }) else { return line.prefix(0) }
        return line[...last].drop(while: GimpleText.isBlank)
    }
}

/// Which brackets are open, texts in quotes left out.
private struct GimpleBalance {
    private var depth = 0
    private var quote: UInt8?

    var isClosed: Bool { depth <= 0 && quote == nil }

    mutating func read(_ line: ArraySlice<UInt8>) {
        var isEscaped = false
        for byte in line {
            if isEscaped {
                isEscaped = false
            } else if let open = quote {
                if byte == open { quote = nil }
                isEscaped = byte == UInt8(ascii: "\\")
            } else {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
                case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                default: break
                }
            }
        }
    }
}
