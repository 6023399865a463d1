// SPDX-License-Identifier: Apache-2.0

/// A `series` file, as quilt and Debian's source packages have it: the names of fixes in the order in which they go on
/// top of each other.
struct Series: Equatable {
    /// A fix's name.
    struct Entry: Equatable {
        /// The file, relative to the series file's folder.
        var file: String
        /// The line, counted from 1.
        var line: Int
    }

    private(set) var entries: [Entry] = []

    /// Reads the text of a series file.
    ///
    /// A line is a file's name, perhaps options such as `-p1`, and perhaps a comment from a `#` on that begins a word. The
    /// number of folders that `-p` takes away is found by the builder itself.
    ///
    /// - Throws: `BuildError.malformedSeries` with the line.
    init(parsing bytes: [UInt8], path: String) throws(BuildError) {
        for (index, line) in Lines.split(bytes).enumerated() {
            let words = Lines.text(line).split { $0 == " " || $0 == "\t" }.prefix { !$0.hasPrefix("#") }
            guard let name = words.first.map(String.init) else { continue }
            let number = index + 1
            guard let parts = RelativePath.safeComponents(name) else {
                throw .malformedSeries(path, line: number, .unsafeName(name))
            }
            for option in words.dropFirst() {
                if option == "-R" { throw .malformedSeries(path, line: number, .reversed(name)) }
                guard Self.isStripOption(option) else {
                    throw .malformedSeries(path, line: number, .unknownOption(String(option)))
                }
            }
            let file = parts.joined(separator: "/")
            if let earlier = entries.first(where: { $0.file == file }) {
                throw .malformedSeries(path, line: number, .namedTwice(file, line: earlier.line))
            }
            entries.append(Entry(file: file, line: number))
        }
        guard !entries.isEmpty else { throw .malformedSeries(path, line: 1, .empty) }
    }

    /// `-p0`, `-p1`, …, and quilt's `-pab`, whose names are `a/FILE` and `b/FILE`.
    private static func isStripOption(_ option: Substring) -> Bool {
        guard option.hasPrefix("-p") else { return false }
        let count = option.dropFirst(2)
        return count == "ab" || (!count.isEmpty && count.allSatisfy(\.isWholeNumber))
    }
}

/// What is wrong with a line of a series file.
package enum SeriesProblem: Sendable, Equatable {
    case empty
    case unsafeName(String)
    case unknownOption(String)
    case reversed(String)
    case namedTwice(String, line: Int)
}

extension SeriesProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "it names no fix; write one file name a line, in the order in which the fixes apply"
        case .unsafeName(let name): "‘\(name)’ leads out of the folder; name files relative to the series file"
        case .unknownOption(let option): "‘\(option)’ is not an option of a fix; -p with a number is"
        case .reversed(let name):
            "‘\(name)’ is to be applied backwards, which a level cannot; write its reverse as a fix"
        case .namedTwice(let name, let line): "‘\(name)’ is on line \(line) already"
        }
    }
}
