// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The source of a package in a build root, built as far as its recipe says.
struct PackageBuild: Sendable {
    var root: BuildRoot
    var package: DebianPackage
    var environment: [String: String]
    var progress: BuildProgress
    /// What the build sees as `/`.
    var system = "/"

    /// Where units of the package are compiled.
    var place: Workplace { Workplace(root: root, environment: environment, progress: progress, system: system) }

    var recipe: Recipe { .of(package) }
    private var processors: Int { ProcessInfo.processInfo.activeProcessorCount }
    private var planFile: String { root.path + "/plan.json" }

    /// Unpacks the source, which applies the package's own patches, too.
    func unpack(_ description: String) async throws(BuildError) {
        progress(.unpacking("\(package)"))
        try await call(.dpkgSource, ["--no-copy", "-x", description, root.tree], in: root.path, writing: [root.path])
            .run()
    }

    /// Builds as far as the recipe says.
    func prepare() async throws(BuildError) {
        guard ToolEnvironment.finds(.debhelper, in: environment, system: system) else { throw .toolMissing(.debhelper) }
        switch recipe {
        case .recorded(let target): try await record(target)
        case .configured(let directories): try await configure(directories)
        }
    }

    /// The number of known compile commands: those of the plan, or what was recorded for a package that has none.
    func commandCount() throws(BuildError) -> Int {
        guard Files.exists(planFile) else { return try root.commandCount() }
        return try Files.readJSON(BuildPlan.self, from: planFile).steps.count
    }

    /// How source files are compiled; a planned build is rehearsed for those that are asked for the first time.
    var commands: UnitCommands {
        guard case .configured = recipe else { return .recorded(in: root) }
        return UnitCommands { (sources: [String]) async throws(BuildError) in
            try await rehearse(sources.filter { !root.knows($0) })
            return try root.commands(for: sources)
        } forced: { () throws(BuildError) in
            try Files.readJSON(BuildPlan.self, from: planFile).forcedSources(below: root.tree)
        }
    }

    /// Runs what the plan has for some sources, with a recorder in the compilers' place.
    private func rehearse(_ sources: [String]) async throws(BuildError) {
        guard !sources.isEmpty else { return }
        let steps = try Files.readJSON(BuildPlan.self, from: planFile).steps(naming: sources)
        let recorder = try CommandRecorder(in: root.programs, path: environment["PATH"], system: system)
        let variables = recorder.environment(environment, mode: .rehearsal)
        // Many steps to a shell: starting one costs more than most steps do.
        let size = max(50, steps.count / 32 + 1)
        let batches = stride(from: 0, to: steps.count, by: size).map { Array(steps[$0..<min($0 + size, steps.count)]) }
        try await Concurrently.forEach(batches) { (number: Int, batch: [BuildPlan.Step]) async throws(BuildError) in
            try await ToolCall(
                tool: .shell, arguments: ["-c", BuildPlan.script(of: batch)], directory: root.tree,
                environment: variables, log: root.log("rehearsal-\(number)"),
                sandbox: sandbox(writing: [root.tree, recorder.records])
            ).run()
        }
        try root.keep(try recorder.calls())
        // The plan will not name them another time either.
        for source in sources where !root.knows(source) { try root.keep(RecordedCommands(), for: source) }
    }

    private func record(_ target: String) async throws(BuildError) {
        // Says which packages are missing, instead of a compiler that misses their headers halfway.
        try await call(.checkBuildDependencies, ["-B"]).run()
        let recorder = try CommandRecorder(in: root.programs, path: environment["PATH"], system: system)
        progress(.building("debian/rules \(target)"))
        try await call(
            .make, ["-f", "debian/rules", target], environment: recorder.environment(rules, mode: .build),
            writing: [root.tree, recorder.records]
        ).run()
        guard try root.keep(try recorder.calls()) > 0 else {
            throw .nothingRecorded(command: "debian/rules \(target)")
        }
        try LinkedFiles(below: root.tree, isProof: false).keep(in: root)
    }

    private func configure(_ directories: [Recipe.Directory]) async throws(BuildError) {
        progress(.configuring("\(package)"))
        var environment = rules
        environment["PATH"] = try ConfigureOnly.install(in: root) + ":" + (rules["PATH"] ?? ToolEnvironment.path)
        try await call(.make, ["-f", "debian/rules", "build-arch"], environment: environment).run()
        var plan = BuildPlan()
        for directory in directories {
            let path = root.tree + "/" + directory.path
            if let files = directory.generatedFiles { try await generate(files, in: path) }
            let target = try Self.target(among: directory.plannedTargets, ofMakefileIn: path)
            let output = try await call(.make, ["--dry-run", "--print-directory", target], in: path).capture()
            plan.add(BuildPlan(parsing: String(decoding: output, as: UTF8.self), directory: path))
        }
        try Files.writeJSON(plan, to: planFile)
    }

    /// The first of some targets that a makefile has a rule for.
    private static func target(among targets: [String], ofMakefileIn folder: String) throws(BuildError) -> String {
        let lines = Lines.split(try Files.read(folder + "/Makefile")).map(Lines.text)
        return targets.first { target in lines.contains { $0.hasPrefix(target + ":") } } ?? targets[0]
    }

    /// Makes files that units include, as the package's own build makes them.
    ///
    /// - Parameters:
    ///   - files: The files, in make's own words.
    ///   - directory: The folder of the makefile.
    /// - Throws: `BuildError` of make.
    func generate(_ files: String, in directory: String) async throws(BuildError) {
        progress(.generatingHeaders("\(package)"))
        // Only behind the package's own makefile do its variables have their values.
        let (target, makefile) = ("kaketsugi-generated", root.programs + "/generated.mk")
        try Files.write(Array("\(target): \(files)\n".utf8), to: makefile)
        var variables = environment
        variables["SOURCE_DATE_EPOCH"] = try await changelogTime()
        try await call(
            .make, ["-j\(processors)", "-f", "Makefile", "-f", makefile, target], in: directory, environment: variables
        ).run()
    }

    /// The time of the package's version, which debhelper gives a build for the time at which it is done.
    private func changelogTime() async throws(BuildError) -> String {
        let time = try await call(.parseChangelog, ["--show-field", "Timestamp"]).capture()
        return String(decoding: time, as: UTF8.self).filter(\.isNumber)
    }

    /// What dpkg-buildpackage sets for `debian/rules`; flags are added by debhelper.
    var rules: [String: String] {
        var rules = environment
        rules["DEB_BUILD_OPTIONS"] = "nocheck parallel=\(processors)"
        return rules
    }

    private func call(
        _ tool: Tool, _ arguments: [String], in directory: String? = nil, environment: [String: String]? = nil,
        writing folders: [String]? = nil
    ) -> ToolCall {
        ToolCall(
            tool: tool, arguments: arguments, directory: directory ?? root.tree,
            environment: environment ?? self.environment, log: root.log(tool.name),
            sandbox: sandbox(writing: folders ?? [root.tree]))
    }

    private func sandbox(writing folders: [String]) -> Sandbox { root.sandbox(system: system, writing: folders) }
}
