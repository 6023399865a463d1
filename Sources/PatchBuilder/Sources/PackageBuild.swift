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

    /// What builds the packages for this machine and not the documentation (Debian Policy 4.9); unlike `build` it is
    /// seldom the name of a folder, which make would take for something already made.
    private static let target = "build-arch"

    private var recipe: Recipe { .of(package) }
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
        case .wholeBuild: try await buildWhole()
        case .configured(let directories): try await configure(directories)
        }
    }

    /// The number of known compile commands: those of the plan, or what was recorded for a package that has none.
    func commandCount() throws(BuildError) -> Int {
        guard Files.exists(planFile) else { return try root.commandCount() }
        return try Files.readJSON(BuildPlan.self, from: planFile).steps.count
    }

    /// How a source file is compiled; a planned build is rehearsed for it when it is first asked for.
    func commands(for source: String) async throws(BuildError) -> RecordedCommands? {
        if let known = try root.commands(for: source) { return known }
        guard recipe != .wholeBuild else { return nil }
        let recorder = try CommandRecorder(in: root.programs)
        for step in try Files.readJSON(BuildPlan.self, from: planFile).steps(naming: source) {
            try await ToolCall(
                tool: .shell, arguments: ["-c", step.command], directory: step.directory,
                environment: recorder.environment(environment, mode: .rehearsal), log: root.log("rehearsal"),
                sandbox: sandbox(writing: [root.tree, recorder.records])
            ).run()
        }
        try root.keep(try recorder.calls())
        return try root.commands(for: source)
    }

    private func buildWhole() async throws(BuildError) {
        // Says which packages are missing, instead of a compiler that misses their headers halfway.
        try await call(.checkBuildDependencies, ["-B"]).run()
        let recorder = try CommandRecorder(in: root.programs)
        progress(.building("debian/rules \(Self.target)"))
        try await call(
            .make, ["-f", "debian/rules", Self.target], environment: recorder.environment(rules, mode: .build),
            writing: [root.tree, recorder.records]
        ).run()
        guard try root.keep(try recorder.calls()) > 0 else {
            throw .nothingRecorded(command: "debian/rules \(Self.target)")
        }
    }

    private func configure(_ directories: [Recipe.Directory]) async throws(BuildError) {
        progress(.configuring("\(package)"))
        var environment = rules
        environment["PATH"] = try ConfigureOnly.install(in: root) + ":" + (rules["PATH"] ?? ToolEnvironment.path)
        try await call(.make, ["-f", "debian/rules", Self.target], environment: environment).run()
        var plan = BuildPlan()
        for directory in directories {
            let path = root.tree + "/" + directory.path
            if let target = directory.generatedTarget {
                progress(.generatingHeaders("\(package)"))
                try await call(.make, ["-j\(processors)", target], in: path).run()
            }
            let output = try await call(
                .make, ["--dry-run", "--print-directory", directory.plannedTarget], in: path
            ).capture()
            plan.add(BuildPlan(parsing: String(decoding: output, as: UTF8.self), directory: path))
        }
        try Files.writeJSON(plan, to: planFile)
    }

    /// What dpkg-buildpackage sets for `debian/rules`; flags are added by debhelper.
    private var rules: [String: String] {
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
