// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

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

    /// One object that is wanted.
    struct Job: Sendable {
        var source: String
        var command: CompileCommand
        var extraOptions: [String]
        /// A digest of all fixed texts, since one may include another; nil for the unfixed object.
        var fix: String?

        fileprivate var digest: String {
            Digest([command.digest, "options"] + extraOptions + ["fix", fix ?? ""]).hexadecimal
        }
    }

    /// Whether an object is there already.
    func isCompiled(_ job: Job) -> Bool { Files.exists(objectPath(job)) }

    /// The objects of all jobs, in their order; as many compilers run at once as there are processors.
    func objects(_ jobs: [Job]) async throws(BuildError) -> [[UInt8]] {
        try await compile(jobs.filter { !isCompiled($0) })
        var objects: [[UInt8]] = []
        for job in jobs { objects.append(try Files.read(objectPath(job))) }
        return objects
    }

    private func compile(_ jobs: [Job]) async throws(BuildError) {
        var announced: Set<String> = []
        for job in jobs where announced.insert(job.source).inserted {
            progress(.compiling(job.source, fixed: job.fix != nil))
        }
        let failure = await withTaskGroup(of: BuildError?.self) { group -> BuildError? in
            var waiting = jobs.makeIterator()
            for job in waiting.next(ProcessInfo.processInfo.activeProcessorCount) {
                group.addTask { await attempt(job) }
            }
            while let ended = await group.next() {
                if let ended {
                    group.cancelAll()
                    return ended
                }
                if let job = waiting.next() { group.addTask { await attempt(job) } }
            }
            return nil
        }
        if let failure { throw failure }
    }

    private func attempt(_ job: Job) async -> BuildError? {
        do {
            try await compile(job)
            return nil
        } catch {
            return error
        }
    }

    private func compile(_ job: Job) async throws(BuildError) {
        let object = objectPath(job)
        let log = root.log(job.digest)
        let call = ToolCall(
            tool: .compiler(job.command.compiler),
            arguments: job.command.arguments(adding: job.extraOptions, output: object + ".part"),
            directory: job.command.directory, environment: variables(of: job.command), log: log)
        do {
            try await call.run()
        } catch .toolFailed(_, _, .exited, let lastLines, _) {
            throw .unitFailed(source: job.source, fixed: job.fix != nil, lastLines: lastLines)
        }
        // An object has its name only when it is whole.
        try Files.rename(object + ".part", to: object)
        try Files.remove(log)
    }

    private func variables(of command: CompileCommand) -> [String: String] {
        var variables = environment
        for name in CompilerCall.recordedVariables { variables[name] = command.environment[name] }
        return variables
    }

    private func objectPath(_ job: Job) -> String {
        root.objects + "/" + job.digest + ".o"
    }
}

extension IteratorProtocol {
    /// Up to `count` further elements.
    fileprivate mutating func next(_ count: Int) -> [Element] {
        var elements: [Element] = []
        while elements.count < count, let element = next() { elements.append(element) }
        return elements
    }
}
