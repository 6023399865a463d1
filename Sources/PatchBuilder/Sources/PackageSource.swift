// SPDX-License-Identifier: Apache-2.0

/// Builds fixes of a Debian source package, as its own `debian/rules` builds it.
struct PackageSource: Sendable {
    var package: DebianPackage
    /// The release that the package is of, if it is not the machine's own.
    var suite: DebianRelease?
    var cache: BuildCache
    var progress: BuildProgress

    private var environment: [String: String] { ToolEnvironment.clean(home: cache.path) }

    func build(_ fix: Fix) async throws(BuildError) -> BuiltFix {
        try await withRoot { (root: BuildRoot, build: PackageBuild) async throws(BuildError) -> BuiltFix in
            let touched = try fix.applied(inTree: root.tree)
            let built = try await FixBuilder(
                root: root, environment: environment, progress: progress, system: build.system,
                commands: build.commands
            ).build(touched)
            return BuiltFix(built, of: touched, targets: try PackageTargets.load(from: root), fix: fix)
        }
    }

    /// Makes the root, if it is not there, and says what it holds.
    func prepare() async throws(BuildError) -> PreparedRoot {
        try await withRoot { (root: BuildRoot, build: PackageBuild) async throws(BuildError) -> PreparedRoot in
            PreparedRoot(
                root, name: "\(build.package)", targets: try PackageTargets.load(from: root),
                commands: try build.commandCount(),
                compiler: try await CompilerIdentity.ofBuilds(
                    in: environment, log: root.log("compiler"), system: build.system))
        }
    }

    /// Uses the package's root, which is made first if it is not there.
    private func withRoot<Value: Sendable>(
        _ use: (BuildRoot, PackageBuild) async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        let record = try await record()
        let system = try await system(for: record)
        let identity = try await CompilerIdentity.ofBuilds(
            in: environment, log: cache.path + "/compiler.log", system: system)
        let key = Digest([
            "package", record.source.name, record.source.version, record.descriptionDigest, identity, system,
            "\(Recipe.version)", "\(CommandRecorder.version)",
        ]).hexadecimal
        return try await cache.withRoot(key: key, name: "\(package)", progress: progress) {
            (root: BuildRoot) async throws(BuildError) in
            try await make(root, from: record, system: system)
        } use: { (root: BuildRoot) async throws(BuildError) -> Value in
            try await use(root, packageBuild(in: root, of: record, system: system))
        }
    }

    private func packageBuild(in root: BuildRoot, of record: PackageRecord, system: String) -> PackageBuild {
        PackageBuild(root: root, package: record.source, environment: environment, progress: progress, system: system)
    }

    /// What the build sees as `/`: the machine, or a system of the release.
    private func system(for record: PackageRecord) async throws(BuildError) -> String {
        guard let suite, suite != .ofMachine else { return "/" }
        return try await ReleaseSystem(suite: suite, package: record.source, cache: cache, progress: progress).folder()
    }

    private var archive: PrivateArchive { PrivateArchive(in: cache, suite: suite ?? .ofMachine, progress: progress) }

    /// What the index says of the package, from the cache if it was asked before.
    private func record() async throws(BuildError) -> PackageRecord {
        let key = Digest(["\(package)", (suite ?? .ofMachine).name]).hexadecimal.prefix(32)
        let file = cache.path + "/packages/" + key + ".json"
        if Files.exists(file), let record = try? Files.readJSON(PackageRecord.self, from: file) { return record }
        return try await FileLock.held(at: archive.lock, for: "the index", progress: progress) {
            () async throws(BuildError) -> PackageRecord in
            try archive.prepare()
            try await archive.update()
            let record = try await ask(archive)
            try Files.writeJSON(record, to: file)
            return record
        }
    }

    private func ask(_ archive: PrivateArchive) async throws(BuildError) -> PackageRecord {
        let (stanza, names) = try PackageRecord.find(package, in: try await archive.sourceStanzas(package.name))
        guard let name = stanza["Package"] else {
            throw .malformedArchiveAnswer(tool: Tool.aptCache.name, field: "Package")
        }
        let source = DebianPackage(name: name, version: package.version)
        let description = try PackageRecord.description(in: stanza)
        var binaries: [DebianPackage] = []
        for name in names {
            let stanzas = try await archive.binaryStanzas(name)
            guard let version = PackageRecord.binaryVersion(of: source, in: stanzas) else { continue }
            binaries.append(DebianPackage(name: name, version: version))
        }
        guard !binaries.isEmpty else { throw .noTargets(package: "\(package)") }
        return PackageRecord(
            source: source, descriptionDigest: description.digest, descriptionFile: description.file,
            binaries: binaries)
    }

    private func make(_ root: BuildRoot, from record: PackageRecord, system: String) async throws(BuildError) {
        let downloads = root.path + "/downloads"
        try Files.createDirectory(downloads)
        try await FileLock.held(at: archive.lock, for: "the index", progress: progress) { () async throws(BuildError) in
            try await download(record, into: downloads)
        }
        let description = downloads + "/" + record.descriptionFile
        guard Digest.sha256(of: try Files.read(description)) == record.descriptionDigest else {
            throw .malformedArchiveAnswer(tool: Tool.aptGet.name, field: record.descriptionFile)
        }
        try await PackageTargets.unpack(record.binaries, downloads: downloads, into: root)
        guard !(try PackageTargets.load(from: root)).isEmpty else { throw .noTargets(package: "\(package)") }
        let build = packageBuild(in: root, of: record, system: system)
        try await build.unpack(description)
        try await build.prepare()
        try Files.remove(downloads)
    }

    /// The archive may have moved on since the index was read; then it is read again, once.
    private func download(_ record: PackageRecord, into directory: String) async throws(BuildError) {
        try archive.prepare()
        do {
            try await archive.downloadSource(record.source, into: directory)
            try await archive.downloadBinaries(record.binaries, into: directory)
        } catch .toolFailed {
            try await archive.update()
            try await archive.downloadSource(record.source, into: directory)
            try await archive.downloadBinaries(record.binaries, into: directory)
        }
    }
}
