// SPDX-License-Identifier: Apache-2.0

/// What the text of a tree's files says that they include, whatever conditions are around it: more than any compiler
/// would include, and so a sound first choice of the units that a fix can reach.
///
/// Names are compared by their last component: which folder is meant depends on options that are not known here.
struct InclusionText: Sendable {
    /// For the last component of a name, the files that include something by it.
    private var includers: [String: [String]] = [:]
    /// The files with a directive whose name only a macro gives: they may include anything.
    private var undecided: [String] = []
    /// The names of sources that stand in such a directive or in a macro.
    private var mentioned: Set<String> = []
    /// The symbolic links of the tree, by the last component of what they lead to.
    private var links: [String: [String]] = [:]

    /// All files of the tree whose text leads to one of some files, these included.
    ///
    /// A directive with a macro may mean any header; that it means a source, of assembler too, is believed only if some macro
    /// names that one.
    func reaching(_ files: [String]) -> Set<String> {
        let isOpen = files.contains { !Self.isSource($0) || mentioned.contains(Self.lastComponent($0)) }
        var reached = Set(files).union(isOpen ? undecided : [])
        var waiting = Array(reached)
        while let file = waiting.popLast() {
            let name = Self.lastComponent(file)
            for next in (includers[name] ?? []) + (links[name] ?? []) where reached.insert(next).inserted {
                waiting.append(next)
            }
        }
        return reached
    }

    /// The first file that includes something by the name of a file, other than the file itself.
    func includer(of file: String) -> String? {
        includers[Self.lastComponent(file)]?.first { $0 != file }
    }

    static func lastComponent(_ path: some StringProtocol) -> String {
        guard let slash = path.lastIndex(of: "/") else { return String(path) }
        return String(path[path.index(after: slash)...])
    }
}

extension InclusionText {
    /// Reads what the search has printed.
    init(parsing text: [UInt8]) {
        var isLinks = false
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            guard let end = line.firstIndex(of: 0) else {
                if line.isEmpty { isLinks = true }
                continue
            }
            let file = String(String(decoding: line[..<end], as: UTF8.self).trimmingPrefix("./"))
            let rest = String(decoding: line[(end + 1)...], as: UTF8.self)
            if isLinks {
                links[Self.lastComponent(rest), default: []].append(file)
            } else {
                read(rest, of: file)
            }
        }
    }

    private mutating func read(_ text: String, of file: String) {
        guard !text.drop(while: { $0.isWhitespace || "#%:".contains($0) }).hasPrefix("define") else {
            return mention(text)
        }
        let question = "__has_include"
        // `defined(__has_include)` asks for nothing.
        let operands =
            text.hasPrefix(question)
            ? text.split(separator: question).map { $0.drop(while: \.isWhitespace) }.filter { $0.hasPrefix("(") }
            : [text[...]]
        for operand in operands {
            if let name = IncludedName.parse(operand) {
                includers[Self.lastComponent(name), default: []].append(file)
            } else {
                undecided.append(file)
                mention(operand)
            }
        }
    }

    private mutating func mention(_ text: some StringProtocol) {
        for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && !"_-+.".contains($0) }) {
            let name = String(word)
            if Self.isSource(name) { mentioned.insert(name) }
        }
    }

    private static func isSource(_ file: String) -> Bool {
        UnsupportedFile.isUnit(file) || UnsupportedFile.isAssembler(file)
    }
}
