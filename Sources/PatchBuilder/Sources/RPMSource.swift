// SPDX-License-Identifier: Apache-2.0

/// Builds fixes of an RPM source package, as its own spec builds it.
struct RPMSource: Sendable {
    var package: RPMPackage
    var cache: BuildCache
    var progress: BuildProgress

    private var environment: [String: String] { ToolEnvironment.clean(home: Sandbox.temporary) }

    func build(_ fix: Fix, proving: Bool) async throws(BuildError) -> BuiltFix {
        try await withRoot { (root: BuildRoot) async throws(BuildError) -> BuiltFix in
            let touched = try fix.applied(inTree: root.tree)
            let built = try await FixBuilder(place: place(root), commands: .recorded(in: root)).build(touched)
            let targets = try await targets(in: root, proving: proving)
            return BuiltFix(built, of: touched, targets: targets, fix: fix)
        }
    }

    /// Searches the source for who defines some symbols.
    func search(for symbols: Set<String>) async throws(BuildError) -> SurroundingMaterial.Search {
        try await withRoot { (root: BuildRoot) async throws(BuildError) -> SurroundingMaterial.Search in
            try await WitnessSearch(place: place(root), commands: .recorded(in: root)).find(symbols)
        }
    }

    private func place(_ root: BuildRoot) -> Workplace {
        Workplace(root: root, environment: environment, progress: progress)
    }

    /// Makes the root, if it is not there, and says what it holds.
    func prepare(proving: Bool) async throws(BuildError) -> PreparedRoot {
        try await withRoot { (root: BuildRoot) async throws(BuildError) -> PreparedRoot in
            PreparedRoot(
                root, name: name, targets: try await targets(in: root, proving: proving),
                commands: try root.commandCount(),
                compiler: try await CompilerIdentity.ofBuilds(in: environment, log: root.log("compiler")))
        }
    }

    /// The file's name, which says the package's name, version and release.
    private var name: String { package.source.split(separator: "/").last.map(String.init) ?? package.source }

    /// Uses the package's root, which is made first if it is not there.
    private func withRoot<Value: Sendable>(
        _ use: (BuildRoot) async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        let source = try Files.read(package.source)
        guard RPMFile.isSource(source) else { throw .notSourceRPM(package.source) }
        let binary = try package.binary.map { (path: String) throws(BuildError) in try Files.read(path) }
        let target = try package.target.map { (path: String) throws(BuildError) in try readTarget(path) }
        let identity = try await CompilerIdentity.ofBuilds(in: environment, log: cache.path + "/compiler.log")
        let key = Digest([
            "rpm", Digest.sha256(of: source), Digest.sha256(of: binary ?? []), Digest.sha256(of: target ?? []),
            identity,
            "\(RPMBuild.version)", "\(CommandRecorder.version)", "\(BuildRoot.version)",
        ]).hexadecimal
        return try await cache.withRoot(key: key, name: name, progress: progress) {
            (root: BuildRoot) async throws(BuildError) in
            let build = RPMBuild(root: root, name: name, environment: environment, progress: progress)
            try await build.unpack(source)
            try await keepTargets(binary: binary, target: target, of: build)
            try await build.prepare()
            try LinkedFiles(below: root.tree, isProof: false).keep(in: root)
        } use: { (root: BuildRoot) async throws(BuildError) -> Value in
            try await use(root)
        }
    }

    private func targets(in root: BuildRoot, proving: Bool) async throws(BuildError) -> [TargetFile] {
        let shipped = try PackageTargets.load(from: root)
        return try await root.compareWithBuild(shipped, proving: proving) { () async throws(BuildError) -> String in
            try await RPMBuild(root: root, name: name, environment: environment, progress: progress).rebuild()
        }
    }

    private func readTarget(_ path: String) throws(BuildError) -> [UInt8] {
        guard Files.isFile(path) else { throw .noSuchTarget(path) }
        let bytes = try Files.read(path)
        guard ELFFile.isTarget(bytes) else { throw .targetNotELF(path) }
        return bytes
    }

    private func keepTargets(binary: [UInt8]?, target: [UInt8]?, of build: RPMBuild) async throws(BuildError) {
        var targets = PackageTargets()
        if let binary {
            try targets.add("package", package: try await build.unpackBinary(binary, into: "package"), in: build.root)
        }
        if let target, let name = package.target?.split(separator: "/").last {
            try Files.createDirectory(build.root.targets + "/file")
            try Files.write(target, to: build.root.targets + "/file/" + name)
            try targets.add("file", package: nil, in: build.root)
        }
        guard !targets.files.isEmpty else { throw .noTargets(package: package.binary ?? name) }
        try targets.keep(in: build.root)
    }
}
