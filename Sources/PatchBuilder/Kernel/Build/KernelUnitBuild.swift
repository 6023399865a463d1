// SPDX-License-Identifier: Apache-2.0

/// A unit of the kernel as it was built: as it is shipped, and twice for the comparison.
struct KernelUnitBuild: Sendable {
    var command: KernelUnitCommand
    var objects: UnitObjects
    /// The plain object as it was linked: where the kernel's own tool rewrites whole modules, rewritten by it.
    var linked: [UInt8]
    /// The checksums of the types of what the unit exports with the fix.
    var fixedChecksums: [String: UInt32] = [:]

    var source: String { objects.source }

    /// What the unit exports whose types the fix makes others, or which it does not export any more.
    var changedExports: [String] {
        command.checksums.filter { fixedChecksums[$0.key] != $0.value }.keys.sorted()
    }
}

extension KernelRoot {
    /// Compiles the units of a fix, without it and with it.
    ///
    /// - Parameters:
    ///   - sources: the units' sources, by their paths in the tree.
    ///   - touched: what the fix makes of files.
    /// - Returns: The units that differ, and the sources of those that do not.
    /// - Throws: ``BuildError``.
    func build(
        _ sources: [String], fixedBy touched: [TouchedFile]
    ) async throws(BuildError) -> (units: [KernelUnitBuild], unchanged: [String]) {
        let check = try await moduleCheck()
        let commands = try await commands(for: sources, check)
        let jobs = commands.map { Job(command: $0.command, source: $0.source, options: UnitCompiler.sectioning) }
        try await compile(jobs, fix: nil)
        let header = try AuthorHeader.kernel.compilerOptions(in: root)
        let digest = Self.digest(of: touched, header)
        try await root.withFixedFiles(touched) { () async throws(BuildError) in
            try await compile(jobs, fix: digest, header)
            try await readChecksums(jobs, fix: digest, header)
        }
        var units: [KernelUnitBuild] = []
        var unchanged: [String] = []
        for job in jobs {
            let sectioned = try Files.read(path(of: job, fix: nil))
            let fixed = try Files.read(path(of: job, fix: digest))
            guard !ObjectCode.areEqual(sectioned, fixed) else {
                unchanged.append(job.source)
                continue
            }
            let statements = UnitObjects.Statements(
                unfixed: try Files.read(statements(of: job, fix: nil)),
                fixed: try Files.read(statements(of: job, fix: digest)))
            let plain = try Files.read(plainObject(of: job.command))
            units.append(
                KernelUnitBuild(
                    command: job.command,
                    objects: UnitObjects(
                        source: job.source, compileCommand: [job.command.text], plain: plain, sectioned: sectioned,
                        fixed: fixed, statements: statements),
                    linked: check == nil ? plain : try Files.read(checkedPath(of: job.command.object)),
                    fixedChecksums: job.command.checksums.isEmpty
                        ? [:] : KernelUnitCommand.checksums(in: try Files.read(checksums(of: job, fix: digest)))))
        }
        return (units, unchanged)
    }

    /// One unit that is compiled in a way of its own.
    struct Job: Sendable {
        var command: KernelUnitCommand
        var source: String
        var options: [String]
    }

    private static func digest(of touched: [TouchedFile], _ header: [String]) -> String {
        var digest = Digest(header)
        for file in touched {
            digest.add(file.path)
            digest.add(file.fixedText)
        }
        return digest.hexadecimal
    }

    /// The commands of units; those that were never built are built by the kernel's own rules first.
    private func commands(
        for sources: [String], _ check: ModuleCheck?
    ) async throws(BuildError) -> [(source: String, command: KernelUnitCommand)] {
        let missing = sources.filter { source in
            !Files.exists(kept(source)) || check != nil && !Files.exists(checkedPath(of: Self.object(of: source)))
        }
        if !missing.isEmpty {
            for source in missing { progress(.compiling(source, fixed: false, number: 1, of: missing.count)) }
            do throws(BuildError) {
                try await make(["-j2"] + missing.map(Self.object), log: "units")
            } catch .toolFailed(_, _, .exited, let lines, _) {
                throw .kernel(.notConfigured(units: missing, lastLines: lines))
            }
            for source in missing {
                let object = Self.object(of: source)
                let note = tree + "/" + Self.note(beside: object)
                guard Files.exists(note) else { throw .unitNotCompiled(source) }
                let noted = try Files.read(note)
                try Files.remove(plainPath(of: object))
                if let check, let command = KernelUnitCommand(parsing: noted, object: object) {
                    try await keepBothForms(of: command, check)
                } else {
                    try Files.copy(tree + "/" + object, to: plainPath(of: object))
                }
                // The note is what says that the unit is there, and so the last.
                try Files.write(noted, to: kept(source))
            }
        }
        var commands: [(source: String, command: KernelUnitCommand)] = []
        for source in sources {
            guard
                let command = KernelUnitCommand(parsing: try Files.read(kept(source)), object: Self.object(of: source))
            else { throw .unitNotCompiled(source) }
            commands.append((source, command))
        }
        return commands
    }

    private func compile(_ jobs: [Job], fix: String?, _ further: [String] = []) async throws(BuildError) {
        let missing = jobs.filter { !Files.exists(path(of: $0, fix: fix)) }
        try await Concurrently.forEach(missing) { (number: Int, job: Job) async throws(BuildError) in
            progress(.compiling(job.source, fixed: fix != nil, number: number, of: missing.count))
            let output = path(of: job, fix: fix)
            // Where the kernel's build puts objects, so that its tools find them usual.
            let partial = root.objects + "/" + Digest([job.command.text, fix ?? ""]).hexadecimal.prefix(32) + ".part.o"
            let options =
                job.options + further + [GimpleDump.option(writingTo: statements(of: job, fix: fix))]
            let log = root.log("unit-" + Digest([job.source]).hexadecimal.prefix(12))
            do throws(BuildError) {
                try await ToolCall(
                    tool: .shell, arguments: ["-c", "set -e; " + job.command.text(writing: partial, options: options)],
                    directory: tree, environment: environment, log: log, sandbox: sandbox
                ).run()
            } catch .toolFailed(_, _, .exited, let lines, _) {
                throw .unitFailed(source: job.source, fixed: fix != nil, lastLines: lines)
            }
            try Files.rename(partial, to: output)
        }
    }

    private static func object(of source: String) -> String { String(source.dropLast(2)) + ".o" }

    private static func note(beside object: String) -> String {
        let parts = object.split(separator: "/")
        return (parts.dropLast().map(String.init) + ["." + (parts.last ?? "") + ".cmd"]).joined(separator: "/")
    }

    /// Where what the kernel's build has noted beside a unit's object is kept.
    func kept(_ source: String) -> String {
        root.objects + "/" + Digest(["command", source]).hexadecimal.prefix(32) + ".cmd"
    }

    func plainPath(of object: String) -> String {
        root.objects + "/" + Digest(["plain", object]).hexadecimal.prefix(32) + ".o"
    }

    private func plainObject(of command: KernelUnitCommand) -> String { plainPath(of: command.object) }

    func path(of job: Job, fix: String?) -> String {
        root.objects + "/" + Digest([job.command.text] + job.options + ["fix", fix ?? ""]).hexadecimal.prefix(32) + ".o"
    }

    private func statements(of job: Job, fix: String?) -> String { path(of: job, fix: fix) + ".statements" }
}
