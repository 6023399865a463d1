// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Asks compilers what units read, by preprocessing them with their own commands.
struct Preprocessor: Sendable {
    var place: Workplace
    /// Options behind the unit's own.
    var extraOptions: [String] = []

    private var root: BuildRoot { place.root }

    /// The texts of units as they are without any fix; each is made once and kept in the root.
    func unfixedTexts(of units: [UnitCandidate]) async throws(BuildError) -> [UnitText] {
        let missing = units.filter { !Files.exists(kept($0)) }
        let paths = ResolvedPaths(tree: root.tree)
        try await Concurrently.forEach(missing) { (number: Int, unit: UnitCandidate) async throws(BuildError) in
            place.progress(.preprocessing(unit.source, number: number, of: missing.count))
            try Files.writeJSON(try await text(of: unit, paths: paths), to: kept(unit))
        }
        var texts: [UnitText] = []
        for unit in units { texts.append(try Files.readJSON(UnitText.self, from: kept(unit))) }
        return texts
    }

    /// The texts of units as the tree is now.
    func presentTexts(of units: [UnitCandidate]) async throws(BuildError) -> [UnitText] {
        let paths = ResolvedPaths(tree: root.tree)
        let texts = Mutex<[Int: UnitText]>([:])
        try await Concurrently.forEach(units) { (number: Int, unit: UnitCandidate) async throws(BuildError) in
            place.progress(.preprocessing(unit.source, number: number, of: units.count))
            let text = try await text(of: unit, paths: paths)
            texts.withLock { $0[number] = text }
        }
        let made = texts.withLock { $0 }
        return units.indices.compactMap { made[$0 + 1] }
    }

    private func kept(_ unit: UnitCandidate) -> String { root.texts + "/" + unit.command.digest + ".json" }

    private func text(of unit: UnitCandidate, paths: ResolvedPaths) async throws(BuildError) -> UnitText {
        if unit.command.isPlainAssembler { return try plainText(of: unit, paths: paths) }
        let output = root.texts + "/" + unit.command.digest
        let (text, rule, log) = (output + ".i", output + ".d", root.log("preprocess-" + unit.command.digest))
        let call = ToolCall(
            tool: .compiler(unit.command.compiler),
            arguments: unit.command.preprocessing(adding: extraOptions, into: text, rule: rule),
            directory: unit.command.directory, environment: unit.command.variables(above: place.environment), log: log,
            sandbox: root.sandbox(system: place.system, writing: [root.texts]))
        do {
            try await call.run()
        } catch .toolFailed(_, _, .exited, let lastLines, _) {
            throw .unitFailed(source: unit.source, fixed: Files.exists(root.pristine), lastLines: lastLines)
        }
        let files = DependencyRule.prerequisites(in: try Files.read(rule)).compactMap {
            paths.below($0, in: unit.command.directory)
        }
        let contents = try Files.read(text)
        if unit.command.isAssembler { try requireNoInclusion(in: contents, of: unit) }
        let made = UnitText(digest: Digest.sha256(of: contents), files: Set(files).sorted())
        for leftover in [text, rule, log] { try Files.remove(leftover) }
        return made
    }
}

extension Preprocessor {
    /// No preprocessor reads such a source.
    private func plainText(of unit: UnitCandidate, paths: ResolvedPaths) throws(BuildError) -> UnitText {
        let contents = try Files.read(unit.command.sourcePath)
        try requireNoInclusion(in: contents, of: unit)
        let file = paths.below(unit.command.source, in: unit.command.directory)
        return UnitText(digest: Digest.sha256(of: contents), files: [file ?? unit.source])
    }

    /// What the assembler reads by itself is neither in the text nor in the rule.
    private func requireNoInclusion(in text: [UInt8], of unit: UnitCandidate) throws(BuildError) {
        for line in Lines.split(text) {
            for statement in line.split(whereSeparator: { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ":") }) {
                let words = Lines.text(statement).split(whereSeparator: \.isWhitespace)
                guard let directive = words.first, directive == ".include" || directive == ".incbin" else { continue }
                throw .unsupportedCommand(source: unit.source, .assemblerInclusion(String(directive)))
            }
        }
    }
}

extension CompileCommand {
    /// The arguments that preprocess the unit and write a rule of what it read.
    fileprivate func preprocessing(adding extraOptions: [String], into text: String, rule: String) -> [String] {
        // -P leaves out line markers, which move without any meaning; `__LINE__` is a number by then.
        options + extraOptions + ["-E", "-P", "-MD", "-MF", rule, "-MT", "unit", "-o", text]
            + (language.map { ["-x", $0] } ?? []) + [source]
    }

    /// The environment of the recorded call, above that of the build.
    func variables(above environment: [String: String]) -> [String: String] {
        var variables = environment
        for name in CompilerCall.recordedVariables { variables[name] = self.environment[name] }
        return variables
    }
}

/// Paths with their links resolved, each looked up once.
private final class ResolvedPaths: Sendable {
    private let tree: String
    private let known = Mutex<[String: String?]>([:])

    init(tree: String) {
        self.tree = Files.resolved(tree)
    }

    /// The path below the tree, if it is there.
    func below(_ path: String, in directory: String) -> String? {
        let whole = path.hasPrefix("/") ? path : directory + "/" + path
        if let found = known.withLock({ $0[whole] }) { return found }
        let found = RelativePath.below(tree, Files.resolved(whole))
        known.withLock { $0[whole] = .some(found) }
        return found
    }
}
