// SPDX-License-Identifier: Apache-2.0

/// Builds fixes of a project: its tree is copied, built once by its own command, and every compiler call is recorded.
struct ProjectSource: Sendable {
    var project: Project
    var cache: BuildCache
    var progress: BuildProgress

    private var environment: [String: String] { ToolEnvironment.project }

    func build(_ fix: Fix) async throws(BuildError) -> BuiltFix {
        try await withRoot { (root: BuildRoot, directory: String) async throws(BuildError) -> BuiltFix in
            let targets = try targets(in: root, source: directory)
            let touched = try fix.applied(inTree: root.tree)
            let built = try await FixBuilder(place: place(root), commands: .recorded(in: root)).build(touched)
            return BuiltFix(built, of: touched, targets: try await compared(targets, in: root), fix: fix)
        }
    }

    /// Searches the source for who defines some symbols.
    func search(for symbols: Set<String>) async throws(BuildError) -> SurroundingMaterial.Search {
        try await withRoot { (root: BuildRoot, _: String) async throws(BuildError) -> SurroundingMaterial.Search in
            try await WitnessSearch(place: place(root), commands: .recorded(in: root)).find(symbols)
        }
    }

    private func place(_ root: BuildRoot) -> Workplace {
        Workplace(root: root, environment: environment, progress: progress)
    }

    /// Makes the root, if it is not there, and says what it holds.
    func prepare() async throws(BuildError) -> PreparedRoot {
        try await withRoot { (root: BuildRoot, directory: String) async throws(BuildError) -> PreparedRoot in
            PreparedRoot(
                root, name: directory, targets: try await compared(targets(in: root, source: directory), in: root),
                commands: try root.commandCount(),
                compiler: try await CompilerIdentity.ofBuilds(in: environment, log: root.log("compiler")))
        }
    }

    /// Uses the project's root, which is made first if it is not there.
    private func withRoot<Value: Sendable>(
        _ use: (BuildRoot, String) async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        guard Files.isDirectory(project.directory) else { throw .noSuchSource(project.directory) }
        let directory = Files.resolved(project.directory)
        let source = try SourceTree(at: directory, leavingOut: cache.path)
        let identity = try await CompilerIdentity.ofBuilds(in: environment, log: cache.path + "/compiler.log")
        let key = Digest([
            "project", source.digest, project.buildCommand, identity, "\(CommandRecorder.version)",
            "\(BuildRoot.version)",
        ]).hexadecimal
        return try await cache.withRoot(key: key, name: directory, progress: progress) {
            (root: BuildRoot) async throws(BuildError) in
            try await make(root, from: source)
        } use: { (root: BuildRoot) async throws(BuildError) -> Value in
            try await use(root, directory)
        }
    }

    private func make(_ root: BuildRoot, from source: SourceTree) async throws(BuildError) {
        progress(.copyingSource(project.directory))
        try source.copy(to: root.tree)
        let recorder = try CommandRecorder(in: root.programs, path: environment["PATH"])
        progress(.building(project.buildCommand))
        try await ToolCall(
            tool: .shell, arguments: ["-c", project.buildCommand], directory: root.tree,
            environment: recorder.environment(environment, mode: .build), log: root.log("build"),
            sandbox: root.sandbox(writing: [root.tree, recorder.records])
        ).run()
        guard try root.keep(try recorder.calls()) > 0 else { throw .nothingRecorded(command: project.buildCommand) }
        try LinkedFiles(below: root.tree, isProof: true).keep(in: root)
    }

    /// The root's build was the whole one.
    private func compared(_ targets: [TargetFile], in root: BuildRoot) async throws(BuildError) -> [TargetFile] {
        try await root.compareWithBuild(targets, proving: false)
    }

    /// The shipped files, each once.
    private func targets(in root: BuildRoot, source: String) throws(BuildError) -> [TargetFile] {
        var targets: [TargetFile] = []
        for name in project.targets {
            let target = try target(name, in: root, source: source)
            if !targets.contains(where: { $0.path == target.path }) { targets.append(target) }
        }
        return targets
    }

    /// A shipped file: one that exists is what was installed, perhaps what runs; only else what our copy built.
    private func target(_ target: String, in root: BuildRoot, source: String) throws(BuildError) -> TargetFile {
        let places = target.hasPrefix("/") ? [target] : [source + "/" + target, target, root.tree + "/" + target]
        guard let path = places.first(where: Files.isFile) else { throw .noSuchTarget(target) }
        let bytes = try Files.read(path)
        guard ELFFile.isTarget(bytes) else { throw .targetNotELF(path) }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return TargetFile(name: name, path: path, bytes: bytes, package: nil)
    }
}
