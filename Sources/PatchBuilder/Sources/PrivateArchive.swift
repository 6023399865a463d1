// SPDX-License-Identifier: Apache-2.0

/// The package archive of a release, asked through an apt configuration of our own that also knows source packages.
///
/// Nothing of the machine's apt is changed: index, sources and state lie in the cache. Everything that is downloaded is
/// checked by apt against the signed index.
struct PrivateArchive: Sendable {
    private let path: String
    private let release: DebianRelease
    private let progress: BuildProgress

    /// The file whose lock is held while the archive is used.
    let lock: String
    /// The file that says where packages come from.
    var sources: String { parts + "/archive.sources" }

    private var configuration: String { path + "/apt.conf" }
    private var parts: String { path + "/parts" }
    private var lists: String { path + "/lists" }

    init(in cache: BuildCache, release: DebianRelease, progress: @escaping BuildProgress) {
        path = cache.path + "/archive-" + release.name
        lock = cache.path + "/locks/archive-" + release.name
        self.release = release
        self.progress = progress
    }

    /// Writes the configuration, with the sources that the machine has now, for this release.
    func prepare() throws(BuildError) {
        for directory in [parts, lists + "/partial", path + "/cache/archives/partial"] {
            try Files.createDirectory(directory)
        }
        let own = DebianRelease.ofMachine.name
        let entries = ArchiveEntry.ofRelease(own, in: try ArchiveEntry.configured()).map {
            $0.naming(release.name, inPlaceOf: own)
        }
        guard !entries.isEmpty else { throw .noArchive(release: own) }
        try Files.write(Array(entries.map(\.stanza).joined(separator: "\n").utf8), to: sources)
        try Files.write([], to: path + "/status")
        try Files.write(Array(configurationText.utf8), to: configuration)
    }

    /// Fetches the index.
    func update() async throws(BuildError) {
        progress(.updatingArchive)
        try await call(.aptGet, ["update"]).run()
    }

    /// What the index says of source packages by this name, or with a binary package by this name.
    func sourceStanzas(_ name: String) async throws(BuildError) -> [ControlStanza] {
        try await stanzas(["showsrc", name])
    }

    /// What the index says of a binary package, in all versions.
    func binaryStanzas(_ name: String) async throws(BuildError) -> [ControlStanza] {
        try await stanzas(["show", "--all-versions", name])
    }

    /// The names of the binary packages that begin with a text.
    func packageNames(beginningWith prefix: String) async throws(BuildError) -> [String] {
        let output = try await call(.aptCache, ["pkgnames", prefix]).capture()
        return String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// The packages that a system needs in which a source package is built, with all that these need.
    ///
    /// apt only simulates: its state, which is our own, says that nothing is installed, and so everything is listed.
    func buildDependencies(of package: DebianPackage) async throws(BuildError) -> [String] {
        let output = try await call(
            .aptGet, ["--simulate", "--no-install-recommends", "--only-source", "build-dep", "\(package)"]
        ).capture()
        // Inst NAME (VERSION …)
        let names = String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            return words.count > 2 && words[0] == "Inst" ? String(words[1]) : nil
        }
        guard !names.isEmpty else { throw .malformedArchiveAnswer(tool: Tool.aptGet.name, field: "Inst") }
        return names
    }

    /// Downloads the files of a source package into a folder.
    func downloadSource(_ package: DebianPackage, into directory: String) async throws(BuildError) {
        progress(.downloading(["\(package) (source)"]))
        try await call(.aptGet, ["source", "--download-only", "--only-source", "\(package)"], in: directory).run()
    }

    /// Downloads binary packages into a folder.
    func downloadBinaries(_ packages: [DebianPackage], into directory: String) async throws(BuildError) {
        progress(.downloading(packages.map(\.description)))
        try await call(.aptGet, ["download"] + packages.map(\.description), in: directory).run()
    }

    /// apt-cache fails when it knows nothing by a name, which for us is an answer.
    private func stanzas(_ arguments: [String]) async throws(BuildError) -> [ControlStanza] {
        do {
            return ControlStanza.parse(String(decoding: try await call(.aptCache, arguments).capture(), as: UTF8.self))
        } catch .toolFailed(_, _, .exited(100), _, _) {
            return []
        }
    }

    private func call(_ tool: Tool, _ arguments: [String], in directory: String? = nil) -> ToolCall {
        ToolCall(
            tool: tool, arguments: ["-c", configuration] + arguments, directory: directory ?? path,
            environment: ToolEnvironment.clean(home: path), log: path + "/\(tool.name).log")
    }

    /// Read after the machine's own configuration, whose proxies and certificates hold; its hooks, which would change the
    /// machine, do not, and there is no dpkg that could install anything.
    private var configurationText: String {
        """
        Dir::Etc::SourceList "/dev/null";
        Dir::Etc::SourceParts "\(parts)";
        Dir::State::Lists "\(lists)";
        Dir::State::Status "\(path)/status";
        Dir::Cache "\(path)/cache";
        Dir::Bin::dpkg "/bin/false";
        APT::Architectures "amd64";
        Acquire::Languages "none";
        APT::Sandbox::User "root";
        #clear APT::Update::Pre-Invoke;
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        #clear DPkg::Post-Invoke;

        """
    }
}
