// SPDX-License-Identifier: Apache-2.0

/// Finds the units that a fix may change: the sources that it changes, and those that use what it changes in headers.
struct KernelUnitReach {
    let root: KernelRoot

    /// A header that more units use is not one of which a live patch is made.
    static let limit = 120
    /// Definitions that use each other over more headers than this are everywhere.
    private static let depth = 3
    private static let nameLimit = 2000

    /// The sources of the units, by their paths in the tree.
    ///
    /// - Throws: ``BuildError``.
    func units(of touched: [TouchedFile], _ fix: Fix) async throws(BuildError) -> [String] {
        var sources: [String] = []
        var names: Set<String> = []
        for file in touched {
            guard !file.isNew || file.path.hasSuffix(".h") else { throw .unsupportedFile(file.path, .createdUnit) }
            guard !file.path.hasPrefix("arch/x86/entry/vdso/") else {
                throw .kernel(
                    .obstacles([KernelObstacle(kind: .vdso, unit: file.path, symbol: file.path, section: ".text")]))
            }
            if file.path.hasSuffix(".c") {
                sources.append(file.path)
            } else if !file.isNew {
                names.formUnion(try Self.names(in: file, fix, tree: root.tree))
            }
        }
        guard !names.isEmpty else { return sources }
        root.progress(.searchingInclusions)
        return (sources + (try await users(of: names))).uniqued()
    }

    /// The names whose definitions a fix changes in a header.
    private static func names(in file: TouchedFile, _ fix: Fix, tree: String) throws(BuildError) -> Set<String> {
        let before = HeaderNames(try Files.read(tree + "/" + file.path))
        let after = HeaderNames(file.fixedText)
        var names: Set<String> = []
        for change in (fix.below + [fix]).flatMap(\.files) where change.newName.hasSuffix(file.path) {
            for hunk in change.hunks {
                var (old, new) = (hunk.oldStart, hunk.newStart)
                for line in hunk.lines {
                    let text = Lines.text(line.text[...])
                    switch line.mark {
                    case .kept: (old, new) = (old + 1, new + 1)
                    case .removed:
                        if let name = HeaderNames.macro(text) ?? before.owner(ofLine: old) { names.insert(name) }
                        old += 1
                    case .added:
                        if let name = HeaderNames.macro(text) ?? after.owner(ofLine: new) { names.insert(name) }
                        new += 1
                    }
                }
            }
        }
        return names
    }

    /// The sources of this kernel that use names, also by other headers' definitions that use them.
    ///
    /// - Throws: ``BuildError``, also as soon as they are more than a live patch is made of.
    private func users(of first: Set<String>) async throws(BuildError) -> [String] {
        var known = first
        var waiting = first
        var users: Set<String> = []
        var kbuild = try KbuildFiles(tree: root.tree)
        for round in 0...Self.depth {
            for file in try await places(of: waiting, kind: "*.c").keys where kbuild.builds(file) { users.insert(file) }
            guard users.count <= Self.limit, known.count <= Self.nameLimit else {
                throw .kernel(.farReachingHeader(names: first.sorted(), units: users.count, limit: Self.limit))
            }
            guard round < Self.depth else { break }
            var next: Set<String> = []
            for (file, lines) in try await places(of: waiting, kind: "*.h") {
                let names = HeaderNames(try Files.read(root.tree + "/" + file))
                for line in lines { if let owner = names.owner(ofLine: line) { next.insert(owner) } }
            }
            waiting = next.subtracting(known)
            known.formUnion(next)
            guard !waiting.isEmpty else { break }
        }
        return users.sorted()
    }

    /// Where names stand as words, by file.
    private func places(of names: Set<String>, kind: String) async throws(BuildError) -> [String: [Int]] {
        var places: [String: [Int]] = [:]
        let folders = try Files.names(in: root.tree).filter { name in
            [
                "block", "crypto", "drivers", "fs", "include", "init", "io_uring", "ipc", "kernel", "lib", "mm", "net",
                "security",
                "sound", "virt",
            ].contains(name)
        }
        let output: [UInt8]
        do throws(BuildError) {
            output = try await ToolCall(
                tool: .grep,
                arguments: ["-rnwoE", names.sorted().joined(separator: "|"), "--include=" + kind] + folders + [
                    "arch/x86"
                ],
                directory: root.tree, environment: root.environment, log: root.root.log("grep"),
                sandbox: root.root.sandbox(writing: [])
            ).capture()
        } catch .toolFailed(_, _, .exited(1), _, _) {
            return [:]
        }
        for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2)
            guard parts.count == 3, let number = Int(parts[1]) else { continue }
            places[String(parts[0]), default: []].append(number)
        }
        return places
    }
}
