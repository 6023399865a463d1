// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A source tree that has been built far enough to compile its units one by one.
///
///     tree/        the source, configured or built
///     units/       the compile commands of each source file (JSON)
///     objects/     unit objects by the digest of what they were made from
///     included     what the tree's files say that they include
///     texts/       what preprocessors read, and digests of what they made of it, by unit and by fix (JSON)
///     forced.json  the units that an option makes read a file
///     pristine/    the unfixed text of files that are fixed in the tree right now
///     targets/     what the package ships
///     programs/    stand-ins found first in PATH
///     logs/        what tools said
struct BuildRoot: Sendable {
    let path: String

    /// Changes whenever something is added to a root that older ones lack: these are made anew.
    static let version = 2

    var tree: String { path + "/tree" }
    var objects: String { path + "/objects" }
    var targets: String { path + "/targets" }
    var programs: String { path + "/programs" }
    var inclusions: String { path + "/included" }
    var texts: String { path + "/texts" }
    private var logs: String { path + "/logs" }
    private var forced: String { path + "/forced.json" }
    private var completion: String { path + "/complete" }

    var isComplete: Bool { Files.exists(completion) }

    /// When the root was last used, if it is complete: a time that can be set on a full disk, too.
    var lastUse: Date? { (try? Files.attributes(completion))?[.modificationDate] as? Date }

    /// Notes that the root is used now.
    func noteUse() {
        // Only the order in which roots are given up depends on it.
        try? Files.setAttributes(of: completion, to: [.modificationDate: Date()])
    }

    /// What the root was made for, if it is complete.
    var name: String? {
        guard let text = try? Files.read(completion) else { return nil }
        return String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
    }

    /// The file that keeps what a tool says.
    func log(_ name: String) -> String { logs + "/" + name + ".log" }

    /// Makes the folders; `tree` is left to whoever fills it.
    func createDirectories() throws(BuildError) {
        for directory in [objects, targets, programs, texts, logs, path + "/units"] {
            try Files.createDirectory(directory)
        }
    }

    /// States that the root is whole.
    func complete(name: String) throws(BuildError) {
        try Files.write(Array("\(name)\n".utf8), to: completion)
    }

    /// The commands that compile a source file, by its path in the tree; nil if none is known.
    func commands(for source: String) throws(BuildError) -> RecordedCommands? {
        let file = commandFile(source)
        guard Files.exists(file) else { return nil }
        return try Files.readJSON(RecordedCommands.self, from: file)
    }

    /// The number of known compile commands.
    func commandCount() throws(BuildError) -> Int {
        var count = 0
        for name in try Files.names(in: path + "/units") {
            count += try Files.readJSON(RecordedCommands.self, from: path + "/units/" + name).commands.count
        }
        return count
    }

    /// The commands of those files that are known to be compiled.
    func commands(for sources: [String]) throws(BuildError) -> [String: RecordedCommands] {
        var known: [String: RecordedCommands] = [:]
        for source in sources {
            guard let recorded = try commands(for: source), recorded != RecordedCommands() else { continue }
            known[source] = recorded
        }
        return known
    }

    /// Whether it was asked for how a file is compiled, if it is.
    func knows(_ source: String) -> Bool { Files.exists(commandFile(source)) }

    /// Keeps the commands of a source file.
    func keep(_ commands: RecordedCommands, for source: String) throws(BuildError) {
        try Files.writeJSON(commands, to: commandFile(source))
    }

    /// Keeps the units of recorded calls, each under its source file.
    ///
    /// - Returns: The number of source files.
    @discardableResult
    func keep(_ calls: [CompilerCall]) throws(BuildError) -> Int {
        var bySource: [String: RecordedCommands] = [:]
        for unit in calls.flatMap({ $0.units() }) {
            // What was compiled and is gone (configure's probes) cannot be fixed; what lies elsewhere is not ours.
            // A build may spell it through a link.
            guard
                let source = RelativePath.below(tree, unit.sourcePath)
                    ?? RelativePath.below(tree, Files.resolved(unit.sourcePath))
            else { continue }
            bySource[source, default: RecordedCommands()].add(unit.command)
        }
        var count = 0
        var forced = try forcedSources()
        for (source, commands) in bySource where Files.isFile(tree + "/" + source) {
            try keep(commands.sorted(), for: source)
            count += 1
            for name in Set(commands.commands.flatMap(\.forcedFiles)) { forced[name, default: []].append(source) }
        }
        try Files.writeJSON(forced.mapValues { $0.sorted() }, to: self.forced)
        return count
    }

    /// The sources of the units that an option makes read a file, by the last component of that file.
    func forcedSources() throws(BuildError) -> [String: [String]] {
        guard Files.exists(forced) else { return [:] }
        return try Files.readJSON([String: [String]].self, from: forced)
    }

    private func commandFile(_ source: String) -> String {
        path + "/units/" + Digest([source]).hexadecimal + ".json"
    }
}

/// What is known about how a source file is compiled.
struct RecordedCommands: Codable, Equatable, Sendable {
    private(set) var commands: [CompileCommand] = []
    private(set) var problem: CommandProblem?

    /// Adds a command, unless it differs from one that is there only in where its results go.
    mutating func add(_ command: Result<CompileCommand, CompilerCall.CommandRefusal>) {
        switch command {
        case .success(let command) where !commands.contains(command): commands.append(command)
        case .success: break
        case .failure(let refusal): problem = problem ?? refusal.problem
        }
    }

    /// The same in an order that does not depend on which compiler ran first.
    func sorted() -> RecordedCommands {
        var sorted = self
        sorted.commands.sort { $0.digest < $1.digest }
        return sorted
    }
}
