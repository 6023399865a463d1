// SPDX-License-Identifier: Apache-2.0

/// A source file of the tree that a fix changes, and its text with the fix in it.
struct TouchedFile: Sendable, Equatable {
    /// Relative to the source tree.
    var path: String
    /// The text to compile: fixed, and with the line numbers of the unfixed text.
    var fixedText: [UInt8]
    /// Whether only the fixed tree has the file.
    var isNew = false
}

extension Fix {
    /// Finds the files of the fix, and of those below it, in a source tree and applies them to copies in memory, one on
    /// top of the other; the tree is only read.
    ///
    /// - Throws: `BuildError` naming the file or hunk that is refused, and of a queue the fix.
    func applied(inTree tree: String) throws(BuildError) -> [TouchedFile] {
        var texts = FixedTexts(tree: tree)
        for fix in below + [self] {
            do throws(BuildError) {
                try fix.apply(to: &texts)
            } catch {
                throw fix.place.map { .inQueue($0, error) } ?? error
            }
        }
        return texts.touched
    }

    private func apply(to texts: inout FixedTexts) throws(BuildError) {
        try refuseUnsupportedKinds()
        let paths = try paths(in: texts)
        var seen: Set<String> = []
        for (change, name) in zip(files, paths) {
            let path = try Self.withoutLinks(name, in: texts, change)
            guard seen.insert(path).inserted else { throw .malformedFix(line: change.fixLine, .fileNamedTwice(path)) }
            // Whether a file of another kind is included, as tables are, is seen when it is known what includes what.
            if let kind = UnsupportedFile(path: path), kind != .other { throw .unsupportedFile(path, kind) }
            try texts.change(path, by: change.named(path))
        }
    }

    /// The file that a name leads to: a link is not to be replaced by a file of its own.
    private static func withoutLinks(
        _ path: String, in texts: FixedTexts, _ change: FileChange
    ) throws(BuildError) -> String {
        let tree = texts.tree
        guard Files.exists(tree + "/" + path) else { return path }
        guard let inside = RelativePath.below(Files.resolved(tree), Files.resolved(tree + "/" + path)) else {
            throw .unsafePath(change.newName, line: change.fixLine)
        }
        return inside
    }

    private func refuseUnsupportedKinds() throws(BuildError) {
        for file in files {
            switch file.kind {
            case .modified, .created: continue
            case .deleted: throw .unsupportedFile(file.oldName, .deleted)
            case .renamed: throw .unsupportedFile(file.oldName, .renamed)
            case .binary: throw .unsupportedFile(file.newName, .binary)
            }
        }
    }

    /// Takes away as many leading folders as makes every name a file of the tree: one, as git writes, else none or more.
    private func paths(in texts: FixedTexts) throws(BuildError) -> [String] {
        for file in files where file.nameCandidates.isEmpty { throw .unsafePath(file.newName, line: file.fixLine) }
        for count in [1, 0, 2, 3] {
            let found = files.map { file in
                file.nameCandidates.lazy.map { $0.dropFirst(count).joined(separator: "/") }
                    .first { !$0.isEmpty && (file.kind == .created || texts.isFile($0)) }
            }
            let paths = found.compactMap { $0 }
            if paths.count == files.count { return paths }
        }
        let missing = files.first { file in
            file.kind != .created
                && !file.nameCandidates.contains { name in
                    (0...1).contains { texts.isFile(name.dropFirst($0).joined(separator: "/")) }
                }
        }
        let file = missing ?? files[0]
        throw .fileNotInSource(file.newName, line: file.fixLine)
    }
}

extension FileChange {
    /// The change under the name that the file has in the tree, for what is said of it.
    fileprivate func named(_ path: String) -> FileChange {
        var change = self
        change.newName = path
        return change
    }

    /// The new and the old name as components, if they stay inside a tree.
    fileprivate var nameCandidates: [[String]] {
        let names = (kind == .created ? [newName] : [newName, oldName]).map(RelativePath.safeComponents)
        return names.contains(nil) ? [] : names.compactMap { $0 }
    }
}
