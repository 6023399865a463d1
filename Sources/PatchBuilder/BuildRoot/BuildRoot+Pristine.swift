// SPDX-License-Identifier: Apache-2.0

// A fix is compiled where its files belong, so that every path in every command, and `__FILE__`, stays what it was. For
// that time the unfixed files are set aside, and they are put back afterwards, or, if we died, at the next start:
//
// 1. copies in pristine.new/, which are dropped if that is as far as it went; a link that leads nowhere stands for a file
//    or folder that is not there
// 2. pristine.new → pristine: from now on the tree may differ
// 3. the fixed texts, one by one, each in one step
// 4. back: each copy in one step (twice does no harm), and what was not there is removed; then pristine → trash
extension BuildRoot {
    var pristine: String { path + "/pristine" }
    private var preparing: String { path + "/pristine.new" }

    /// Runs `body` while the tree has the fixed text of some files.
    func withFixedFiles<Value: Sendable>(
        _ files: [TouchedFile], _ body: () async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        try setAside(files.map(\.path))
        let result: Result<Value, BuildError>
        do {
            for file in files {
                let place = tree + "/" + file.path
                if file.isNew { try Files.createDirectory(Self.folder(of: place)) }
                try Files.write(file.fixedText, to: place)
            }
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        try restorePristineFiles()
        return try result.get()
    }

    /// Puts the unfixed files back, if an earlier run or this one left fixed ones in the tree.
    func restorePristineFiles() throws(BuildError) {
        try Files.remove(preparing)
        guard Files.exists(pristine) else { return }
        for file in try Files.paths(below: pristine) {
            let copy = pristine + "/" + file
            if Files.isLink(copy) {
                try Files.remove(tree + "/" + file)
            } else if Files.isFile(copy) {
                try Files.write(try Files.read(copy), to: tree + "/" + file)
                try Files.setAttributes(of: tree + "/" + file, to: try Files.attributes(copy))
            }
        }
        try Files.rename(pristine, to: preparing)
        try Files.remove(preparing)
    }

    /// Copies the files, notes those that are not there, and then states in one step that this is done.
    func setAside(_ files: [String]) throws(BuildError) {
        try restorePristineFiles()
        try Files.createDirectory(preparing)
        for file in files {
            try requireInside(file)
            guard Files.exists(tree + "/" + file) else {
                try noteAbsence(of: file)
                continue
            }
            let copy = preparing + "/" + file
            try Files.createDirectory(Self.folder(of: copy))
            try Files.copy(tree + "/" + file, to: copy)
            try Files.setAttributes(of: copy, to: try Files.attributes(tree + "/" + file))
        }
        try Files.rename(preparing, to: pristine)
    }

    /// Refuses a file that lies elsewhere: what unpacks or builds the tree could have put links there.
    private func requireInside(_ file: String) throws(BuildError) {
        let folder = (tree + "/" + file).split(separator: "/").dropLast().joined(separator: "/")
        let resolved = Files.resolved("/" + folder)
        guard resolved == tree || RelativePath.below(tree, resolved) != nil else {
            throw .fileSystem(
                .write, path: tree + "/" + file, reason: "it lies outside of the source tree, at \(resolved)")
        }
    }

    /// Notes the uppermost of a file's folders that is missing, or else the file.
    private func noteAbsence(of file: String) throws(BuildError) {
        var missing = file
        while let slash = missing.lastIndex(of: "/"), !Files.exists(tree + "/" + missing[..<slash]) {
            missing = String(missing[..<slash])
        }
        let note = preparing + "/" + missing
        guard !Files.exists(note) else { return }
        try Files.createDirectory(Self.folder(of: note))
        try Files.link(note, to: "absent")
    }

    private static func folder(of path: String) -> String {
        String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
    }
}
