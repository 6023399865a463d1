// SPDX-License-Identifier: Apache-2.0

/// Small texts in one column: each between two ends of lines, so that one of them can be searched for.
enum Words {
    /// The column of some words.
    static func column(_ words: [String]) -> String {
        words.isEmpty ? "" : "\n" + words.map { $0.replacing("\n", with: " ") }.joined(separator: "\n") + "\n"
    }

    /// The words of a column.
    static func words(of column: String) -> [String] { column.split(separator: "\n").map(String.init) }

    /// What `LIKE … ESCAPE '!'` finds a text with, anywhere in another.
    static func pattern(_ text: String) -> String {
        "%" + ["!", "%", "_"].reduce(text) { $0.replacing($1, with: "!" + $1) } + "%"
    }
}

/// Arguments of one kind for a list whose length the text of a statement tells.
///
/// Only some lengths are used, so that a database prepares few statements; the rest is filled up.
enum Chunks {
    private static let sizes = [1, 8, 64, 256]

    /// Pieces of a list, each with the size of the list in the statement.
    static func pieces<Element>(_ elements: [Element], atMost limit: Int = 256) -> [(size: Int, elements: [Element])] {
        var pieces: [(Int, [Element])] = []
        var rest = elements[...]
        while !rest.isEmpty {
            let most = sizes.last { $0 <= limit } ?? 1
            let size = sizes.first { $0 >= rest.count && $0 <= limit } ?? most
            pieces.append((size, Array(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    /// Pieces that are exactly as long as their statements' lists.
    static func exact<Element>(_ elements: [Element]) -> [[Element]] {
        var pieces: [[Element]] = []
        var rest = elements[...]
        while !rest.isEmpty {
            let size = sizes.last { $0 <= rest.count } ?? 1
            pieces.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return pieces
    }

    /// `?, ?, ?`.
    static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
}

extension Records {
    /// Rows of a `SELECT` whose `…` stands for a list of texts.
    func query(_ sql: String, in texts: [String]) throws(StoreError) -> [SQLRow] {
        var rows: [SQLRow] = []
        for (size, elements) in Chunks.pieces(texts) {
            guard let last = elements.last else { continue }
            let filled = elements + Array(repeating: last, count: size - elements.count)
            let statement = sql.replacing("…", with: Chunks.marks(size))
            rows += try connection.query(statement, filled.map(SQLValue.text))
        }
        return rows
    }

    /// Puts rows into a table, several with one statement.
    ///
    /// - Parameters:
    ///   - head: the statement up to `VALUES`.
    ///   - rows: the values, in the order of the columns, no key twice.
    ///   - tail: what follows the values, such as what to do where there is such a row.
    /// - Throws: `StoreError`.
    func insert(_ head: String, _ rows: [[SQLValue]], _ tail: String) throws(StoreError) {
        guard let columns = rows.first?.count else { return }
        let marks = "(" + Chunks.marks(columns) + ")"
        for piece in Chunks.exact(rows) {
            let values = Array(repeating: marks, count: piece.count).joined(separator: ", ")
            try connection.execute("\(head) VALUES \(values) \(tail)", piece.flatMap { $0 })
        }
    }
}
