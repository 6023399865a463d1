// SPDX-License-Identifier: Apache-2.0

/// Compiles units of a build root into objects, each once.
struct UnitCompiler: Sendable {
    /// Each function and datum in a section of its own, which the object diff compares, and debugging information in the
    /// object itself, which the review of types reads.
    ///
    /// The options come after the package's own, and the last one counts: `-g2` takes the place of any other level, and
    /// what would compress the information or put it elsewhere is undone. Where variables are is not asked, and finding it
    /// out takes time. None of these changes code.
    static let sectioning =
        ["-ffunction-sections", "-fdata-sections"] + ["-g2", "-gz=none", "-gno-split-dwarf", "-fno-var-tracking"]

    var root: BuildRoot
    /// What the build ran in; the recorded variables of a command go above it.
    var environment: [String: String]
    var progress: BuildProgress
    /// What the build saw as `/`.
    var system = "/"

    /// One object that is wanted.
    struct Job: Sendable {
        var source: String
        var command: CompileCommand
        var extraOptions: [String]
        /// A digest of all fixed texts, since one may include another; nil for the unfixed object.
        var fix: String?
        /// Whether what the compiler read out of the source is wanted, too: ``GimpleDump``.
        var dumpsStatements = false

        fileprivate var digest: String {
            let kind = dumpsStatements ? ["statements"] : []
            return Digest([command.digest, "options"] + extraOptions + kind + ["fix", fix ?? ""]).hexadecimal
        }
    }

    /// Whether an object is there already.
    func isCompiled(_ job: Job) -> Bool { Files.exists(objectPath(job)) }

    /// The object of a job that is compiled.
    func object(_ job: Job) throws(BuildError) -> [UInt8] { try Files.read(objectPath(job)) }

    /// The statements of jobs that were compiled; nil from a compiler that does not write them down.
    func statements(_ job: Job) throws(BuildError) -> [UInt8]? {
        let path = statementsPath(job)
        return Files.exists(path) ? try Files.read(path) : nil
    }

    /// Compiles those jobs whose objects are not there; as many compilers run at once as there are processors.
    func compile(_ jobs: [Job]) async throws(BuildError) {
        let missing = jobs.filter { !isCompiled($0) }
        let dumping = try await compilersThatDump(missing)
        try await Concurrently.forEach(missing) { (number: Int, job: Job) async throws(BuildError) in
            progress(.compiling(job.source, fixed: job.fix != nil, number: number, of: missing.count))
            try await compile(job, dumping)
        }
    }

    private func compile(_ job: Job, _ dumping: Set<String>) async throws(BuildError) {
        let object = objectPath(job)
        let log = root.log(job.digest)
        let statements = statementsPath(job)
        var options = job.extraOptions
        if job.dumpsStatements, dumping.contains(job.command.compiler) {
            options.append(GimpleDump.option(writingTo: statements + ".part"))
        }
        let call = ToolCall(
            tool: .compiler(job.command.compiler),
            arguments: job.command.arguments(adding: options, output: object + ".part"),
            directory: job.command.directory, environment: job.command.variables(above: environment), log: log,
            sandbox: root.sandbox(system: system, writing: [root.objects]))
        do {
            try await call.run()
        } catch .toolFailed(_, _, .exited, let lastLines, _) {
            throw .unitFailed(source: job.source, fixed: job.fix != nil, lastLines: lastLines)
        }
        // An object has its name only when it is whole, and what belongs to it is there already.
        if Files.exists(statements + ".part") {
            try Files.remove(statements)
            try Files.rename(statements + ".part", to: statements)
        }
        try Files.rename(object + ".part", to: object)
        try Files.remove(log)
    }

    /// Only GCC knows the option; clang would refuse to compile.
    private func compilersThatDump(_ jobs: [Job]) async throws(BuildError) -> Set<String> {
        var dumping: Set<String> = []
        for compiler in Set(jobs.filter(\.dumpsStatements).map(\.command.compiler)) {
            if !(try await identity(of: compiler)).contains("clang") { dumping.insert(compiler) }
        }
        return dumping
    }

    private func objectPath(_ job: Job) -> String {
        root.objects + "/" + job.digest + ".o"
    }

    private func statementsPath(_ job: Job) -> String {
        root.objects + "/" + job.digest + ".statements"
    }
}
