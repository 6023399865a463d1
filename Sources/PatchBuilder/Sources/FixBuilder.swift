// SPDX-License-Identifier: Apache-2.0

/// Turns a fix into objects in a build root, whatever kind of source filled it.
struct FixBuilder: Sendable {
    var root: BuildRoot
    var environment: [String: String]
    var progress: BuildProgress
    /// What the build saw as `/`.
    var system = "/"
    /// How a source file is compiled; nil if it is not.
    var commands: @Sendable (_ source: String) async throws(BuildError) -> RecordedCommands?

    func build(_ fix: Fix) async throws(BuildError) -> (units: [UnitObjects], compiler: String) {
        let touched = try fix.applied(inTree: root.tree)
        try await InclusionCheck(root: root, environment: environment).require(touched)
        let candidates = try await candidates(for: touched)
        let compiler = UnitCompiler(root: root, environment: environment, progress: progress, system: system)
        let fixDigest = Self.digest(of: touched)

        func jobs(_ options: [String], fix: String?) -> [UnitCompiler.Job] {
            candidates.map {
                UnitCompiler.Job(
                    source: $0.source, command: $0.command, extraOptions: options, fix: fix,
                    dumpsStatements: !options.isEmpty)
            }
        }
        let count = candidates.count
        let sectionedJobs = jobs(UnitCompiler.sectioning, fix: nil)
        let unfixed = try await compiler.objects(jobs([], fix: nil) + sectionedJobs)
        let fixedJobs = jobs(UnitCompiler.sectioning, fix: fixDigest)
        if !fixedJobs.allSatisfy(compiler.isCompiled) {
            _ = try await root.withFixedFiles(touched) { () async throws(BuildError) in
                try await compiler.objects(fixedJobs)
            }
        }
        let fixed = try await compiler.objects(fixedJobs)
        let statements = try compiler.statements(sectionedJobs + fixedJobs)

        let units = candidates.indices.map { index in
            UnitObjects(
                source: candidates[index].source, compileCommand: candidates[index].command.words,
                plain: unfixed[index], sectioned: unfixed[count + index], fixed: fixed[index],
                statements: .init(unfixed: statements[index], fixed: statements[count + index]))
        }
        return (units, try await compiler.identity(of: candidates[0].command.compiler))
    }

    private struct Candidate: Sendable {
        var source: String
        var command: CompileCommand
    }

    private func candidates(for touched: [TouchedFile]) async throws(BuildError) -> [Candidate] {
        var candidates: [Candidate] = []
        for file in touched {
            guard let recorded = try await commands(file.path) else { throw .unitNotCompiled(file.path) }
            if let problem = recorded.problem { throw .unsupportedCommand(source: file.path, problem) }
            guard !recorded.commands.isEmpty else { throw .unitNotCompiled(file.path) }
            candidates += recorded.commands.map { Candidate(source: file.path, command: $0) }
        }
        return candidates
    }

    private static func digest(of files: [TouchedFile]) -> String {
        var digest = Digest()
        for file in files {
            digest.add(file.path)
            digest.add(file.fixedText)
        }
        return digest.hexadecimal
    }
}
