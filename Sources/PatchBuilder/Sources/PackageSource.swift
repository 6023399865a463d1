// SPDX-License-Identifier: Apache-2.0

/// Builds fixes of a Debian source package, as its own `debian/rules` builds it.
struct PackageSource: Sendable {
    var package: DebianPackage
    /// The release that the package is of, if it is not the machine's own.
    var release: DebianRelease?
    var cache: BuildCache
    var progress: BuildProgress

    private var environment: [String: String] { ToolEnvironment.clean(home: cache.path) }

    func build(_ fix: Fix, proving: Bool) async throws(BuildError) -> BuiltFix {
        try await withRoot { (build: PackageBuild, record: PackageRecord) async throws(BuildError) -> BuiltFix in
            let touched = try fix.applied(inTree: build.root.tree)
            let built = try await FixBuilder(place: build.place, commands: build.commands).build(touched)
            let targets = try await targets(of: build, record, proving: proving)
            return BuiltFix(built, of: touched, targets: targets, system: build.system, fix: fix)
        }
    }

    /// Searches the source for who defines some symbols.
    func search(for symbols: Set<String>) async throws(BuildError) -> SurroundingMaterial.Search {
        try await withRoot {
            (build: PackageBuild, _: PackageRecord) async throws(BuildError) -> SurroundingMaterial.Search in
            try await WitnessSearch(place: build.place, commands: build.commands).find(symbols)
        }
    }

    /// Makes the root, if it is not there, and says what it holds.
    func prepare(proving: Bool) async throws(BuildError) -> PreparedRoot {
        try await withRoot { (build: PackageBuild, record: PackageRecord) async throws(BuildError) -> PreparedRoot in
            PreparedRoot(
                build.root, name: "\(record.source)", targets: try await targets(of: build, record, proving: proving),
                commands: try build.commandCount(),
                compiler: try await CompilerIdentity.ofBuilds(
                    in: environment, log: build.root.log("compiler"), system: build.system),
                system: build.system)
        }
    }

    /// Uses the package's root, which is made first if it is not there.
    private func withRoot<Value: Sendable>(
        _ use: (PackageBuild, PackageRecord) async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        let record = try await record()
        guard let release, release != .ofMachine else {
            return try await withRoot(of: record, in: "/", named: "/", use)
        }
        let system = ReleaseSystem(
            release: release, contents: .buildDependencies(of: record.source), cache: cache, progress: progress)
        return try await system.use { (path: String) async throws(BuildError) -> Value in
            try await withRoot(of: record, in: path, named: release.name, use)
        }
    }

    private func withRoot<Value: Sendable>(
        of record: PackageRecord, in system: String, named name: String,
        _ use: (PackageBuild, PackageRecord) async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        let identity = try await CompilerIdentity.ofBuilds(
            in: environment, log: cache.path + "/compiler.log", system: system)
        let key = Digest([
            "package", record.source.name, record.source.version, record.descriptionDigest, identity, name,
            "\(Recipe.of(record.source).version)", "\(CommandRecorder.version)", "\(BuildRoot.version)",
        ]).hexadecimal
        func build(in root: BuildRoot) -> PackageBuild {
            PackageBuild(
                root: root, package: record.source, environment: environment, progress: progress, system: system)
        }
        return try await cache.withRoot(key: key, name: "\(package)", progress: progress) {
            (root: BuildRoot) async throws(BuildError) in
            try await make(build(in: root), from: record)
        } use: { (root: BuildRoot) async throws(BuildError) -> Value in
            try await use(build(in: root), record)
        }
    }

    private func targets(
        of build: PackageBuild, _ record: PackageRecord, proving: Bool
    ) async throws(BuildError) -> [TargetFile] {
        let shipped = try PackageTargets.load(from: build.root)
        return try await build.root.compareWithBuild(shipped, proving: proving) {
            () async throws(BuildError) -> String in
            try await build.rebuild(downloads(of: build.root) + "/" + record.descriptionFile)
        }
    }

    private var archive: PrivateArchive {
        PrivateArchive(in: cache, release: release ?? .ofMachine, progress: progress)
    }

    /// What the index says of the package, from the cache if it was asked before.
    private func record() async throws(BuildError) -> PackageRecord {
        let key = Digest(["\(package)", (release ?? .ofMachine).name]).hexadecimal.prefix(32)
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

    private func make(_ build: PackageBuild, from record: PackageRecord) async throws(BuildError) {
        let root = build.root
        let downloads = downloads(of: root)
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
        try await build.unpack(description)
        try await build.prepare()
        // The source stays for a rebuild; the archive may not offer it any more by then.
        for name in try Files.names(in: downloads) where name.hasSuffix(".deb") {
            try Files.remove(downloads + "/" + name)
        }
    }

    private func downloads(of root: BuildRoot) -> String { root.path + "/downloads" }

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
