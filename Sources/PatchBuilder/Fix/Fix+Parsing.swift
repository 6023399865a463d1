// SPDX-License-Identifier: Apache-2.0

extension Fix {
    /// Reads a unified diff, as `diff -u`, `git diff`, `git format-patch` and quilt write it.
    ///
    /// - Throws: `BuildError.malformedFix` with the line of the fix that cannot be read.
    package init(parsing bytes: [UInt8]) throws(BuildError) {
        var parser = FixParser(bytes)
        try parser.parse()
        guard !parser.files.isEmpty else { throw .malformedFix(line: 1, .noHunks) }
        self.init(
            title: parser.header.title, vulnerabilities: parser.header.vulnerabilities, waivers: parser.header.waivers,
            files: parser.files, text: String(decoding: bytes, as: UTF8.self), origin: parser.header.origin,
            author: parser.header.author,
            revertHazards: parser.header.revertHazards)
    }
}

/// Walks over the lines of a fix; everything that is not part of a change is header text.
private struct FixParser {
    private let lines: [ArraySlice<UInt8>]
    private var position = 0
    /// The `diff --git` section that is being read and has no hunks yet.
    private var section: GitSection?
    private(set) var header = FixHeader()
    private(set) var files: [FileChange] = []

    init(_ bytes: [UInt8]) {
        lines = Lines.split(bytes)
    }

    mutating func parse() throws(BuildError) {
        while let line = current {
            let text = Lines.text(line)
            if text.hasPrefix("diff --git ") {
                finishSection()
                section = GitSection(text, fixLine: fixLine)
                position += 1
            } else if text.hasPrefix("--- "), let next = following, Lines.text(next).hasPrefix("+++ ") {
                try parseFile()
            } else if text.hasPrefix("*** "), let next = following, Lines.text(next).hasPrefix("--- ") {
                throw .malformedFix(line: fixLine, .contextFormat)
            } else if text.hasPrefix("--- "), let next = following, Lines.text(next).hasPrefix("@@ -") {
                throw .malformedFix(line: fixLine + 1, .missingNewName)
            } else if text.hasPrefix("@@ -") {
                throw .malformedFix(line: fixLine, .hunkWithoutFile)
            } else {
                try readHeader(text)
                position += 1
            }
        }
        finishSection()
    }

    private mutating func readHeader(_ text: String) throws(BuildError) {
        if section?.read(text) == true { return }
        // diff -r without git's words.
        if text.hasPrefix("Binary files "), text.hasSuffix(" differ") {
            files.append(FileChange(kind: .binary, oldName: text, newName: text, fixLine: fixLine, hunks: []))
        }
        guard header.read(text) else { throw .malformedFix(line: fixLine, .malformedWaiver) }
    }

    /// A section without hunks still changes its file, by name or as binary data.
    private mutating func finishSection() {
        guard let ended = section, let kind = ended.kind else { return section = nil }
        section = nil
        files.append(
            FileChange(kind: kind, oldName: ended.name, newName: ended.name, fixLine: ended.fixLine, hunks: []))
    }

    private mutating func parseFile() throws(BuildError) {
        let start = fixLine
        // A carriage return after the name means that the fix itself went through a system that ends lines so.
        let strips = current?.dropLast().last == 0x0D
        let oldName = try name(after: "--- ")
        let newName = try name(after: "+++ ")
        var hunks: [Hunk] = []
        while let line = current, Lines.text(line).hasPrefix("@@") {
            hunks.append(try parseHunk(strippingCarriageReturns: strips))
        }
        guard !hunks.isEmpty else { throw .malformedFix(line: fixLine, .malformedHunkHeader) }
        let kind: FileChange.Kind =
            oldName == "/dev/null" ? .created : newName == "/dev/null" ? .deleted : section?.kind ?? .modified
        section = nil
        if kind == .modified, files.contains(where: { $0.newName == newName }) {
            throw .malformedFix(line: start, .fileNamedTwice(newName))
        }
        files.append(FileChange(kind: kind, oldName: oldName, newName: newName, fixLine: start, hunks: hunks))
    }

    private mutating func name(after prefix: String) throws(BuildError) -> String {
        guard let line = current else { throw .malformedFix(line: fixLine, .missingNewName) }
        guard let name = FileName.parse(Lines.withoutEnd(line).dropFirst(prefix.utf8.count)) else {
            throw .malformedFix(line: fixLine, .malformedName)
        }
        position += 1
        return name
    }

    private mutating func parseHunk(strippingCarriageReturns strips: Bool) throws(BuildError) -> Hunk {
        let start = fixLine
        guard let line = current, let range = try HunkRange(parsing: Lines.text(line), line: start) else {
            throw .malformedFix(line: start, .malformedHunkHeader)
        }
        position += 1
        var body: [HunkLine] = []
        var (old, new) = (range.oldCount, range.newCount)
        while old > 0 || new > 0 {
            guard let line = current else {
                throw .malformedFix(line: fixLine, .truncatedHunk(missingOld: old, missingNew: new))
            }
            position += 1
            if Lines.text(line).hasPrefix("\\") {
                removeLineEnd(of: &body)
                continue
            }
            let parsed = try parseLine(line, strippingCarriageReturns: strips)
            if parsed.mark != .added { old -= 1 }
            if parsed.mark != .removed { new -= 1 }
            guard old >= 0, new >= 0 else { throw .malformedFix(line: fixLine - 1, .strayLineAfterHunk) }
            body.append(parsed)
        }
        if let line = current, Lines.text(line).hasPrefix("\\") {
            removeLineEnd(of: &body)
            position += 1
        }
        try refuseStrayLine()
        return Hunk(oldStart: range.oldStart, newStart: range.newStart, lines: body, fixLine: start)
    }

    private func parseLine(
        _ line: ArraySlice<UInt8>, strippingCarriageReturns strips: Bool
    ) throws(BuildError) -> HunkLine {
        let content = strips ? Lines.withoutEnd(line) : line.last == 0x0A ? line.dropLast() : line
        // Mail programs take the blank away from an empty line of context.
        guard let first = content.first, first != 0x0D || content.count > 1 else {
            return HunkLine(mark: .kept, text: Array(content) + [0x0A])
        }
        guard let mark = HunkLine.Mark(rawValue: first) else {
            throw .malformedFix(line: fixLine - 1, .unexpectedHunkLine)
        }
        return HunkLine(mark: mark, text: Array(content.dropFirst()) + [0x0A])
    }

    private func removeLineEnd(of body: inout [HunkLine]) {
        guard let last = body.indices.last, body[last].text.last == 0x0A else { return }
        body[last].text.removeLast()
    }

    /// A marked line after the counted ones means that someone edited the hunk and not its header.
    private func refuseStrayLine() throws(BuildError) {
        guard let line = current, let first = line.first, HunkLine.Mark(rawValue: first) != nil else { return }
        let text = Lines.text(line)
        // The signature of a mail, or the next file.
        guard !text.hasPrefix("-- "), text != "--", !text.hasPrefix("--- ") else { return }
        throw .malformedFix(line: fixLine, .strayLineAfterHunk)
    }

    private var fixLine: Int { position + 1 }
    private var current: ArraySlice<UInt8>? { position < lines.count ? lines[position] : nil }
    private var following: ArraySlice<UInt8>? { position + 1 < lines.count ? lines[position + 1] : nil }
}
