// SPDX-License-Identifier: Apache-2.0

/// The files of a source tree as fixes change them, one fix after the other; the tree is only read.
struct FixedTexts {
    private struct File {
        var path: String
        /// The shipped text, whose line numbers count; empty for a file that a fix adds.
        var original: [ArraySlice<UInt8>]
        var lines: [FixedLine]
        var isNew: Bool
    }

    let tree: String
    private var files: [File] = []

    /// A tree without any fix.
    init(tree: String) { self.tree = tree }

    /// Whether there is such a file now.
    func isFile(_ path: String) -> Bool {
        files.contains { $0.path == path } || Files.isFile(tree + "/" + path)
    }

    /// Changes a file.
    ///
    /// Each line keeps the number that it has in the shipped text, through however many fixes it goes.
    ///
    /// - Throws: `BuildError.hunkDoesNotApply`, `.unsupportedFile` for a file that is to be added and exists, `.fileSystem`.
    mutating func change(_ path: String, by change: FileChange) throws(BuildError) {
        let isNew = change.kind == .created
        if isNew, isFile(path) { throw .unsupportedFile(path, .existing) }
        guard let index = files.firstIndex(where: { $0.path == path }) else {
            let original = isNew ? [] : Lines.split(try Files.read(tree + "/" + path))
            files.append(
                File(path: path, original: original, lines: try change.applied(to: original), isNew: isNew))
            return
        }
        let before = files[index].lines
        files[index].lines = try change.applied(to: before.map(\.text)).map { line in
            FixedLine(text: line.text, origin: line.origin.flatMap { before[$0 - 1].origin })
        }
    }

    /// No assembler's code has the number of its line, and only some of it knows `#line`.
    private static func text(of file: File) -> [UInt8] {
        UnsupportedFile.isAssembler(file.path)
            ? file.lines.flatMap(\.text) : LinePreservation.text(of: file.lines, original: file.original)
    }

    /// The changed files, with the line numbers of the shipped text.
    var touched: [TouchedFile] {
        files.map { file in
            TouchedFile(path: file.path, fixedText: Self.text(of: file), isNew: file.isNew)
        }
    }
}
