// SPDX-License-Identifier: Apache-2.0

/// The machine's package archive, asked through an apt configuration of our own that also knows source packages.
///
/// Nothing of the machine's apt is changed: index, sources and state lie in the cache. Everything that is downloaded is
/// checked by apt against the signed index.
struct PrivateArchive: Sendable {
    private let path: String
    private let progress: BuildProgress

    private var configuration: String { path + "/apt.conf" }
    private var parts: String { path + "/parts" }
    private var lists: String { path + "/lists" }

    init(in cache: BuildCache, progress: @escaping BuildProgress) {
        path = cache.path + "/archive"
        self.progress = progress
    }

    /// Writes the configuration, with the sources that the machine has now.
    func prepare() throws(BuildError) {
        for directory in [parts, lists + "/partial", path + "/cache/archives/partial"] {
            try Files.createDirectory(directory)
        }
        let release = (try? Files.read("/etc/os-release")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let codename = ArchiveEntry.codename(inRelease: release) ?? "stable"
        let entries = ArchiveEntry.ofRelease(codename, in: try ArchiveEntry.configured())
        guard !entries.isEmpty else { throw .noArchive(release: codename) }
        try Files.write(Array(entries.map(\.stanza).joined(separator: "\n").utf8), to: parts + "/archive.sources")
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
    /// machine, do not.
    private var configurationText: String {
        """
        Dir::Etc::SourceList "/dev/null";
        Dir::Etc::SourceParts "\(parts)";
        Dir::State::Lists "\(lists)";
        Dir::State::Status "\(path)/status";
        Dir::Cache "\(path)/cache";
        Acquire::Languages "none";
        APT::Sandbox::User "root";
        #clear APT::Update::Pre-Invoke;
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        #clear DPkg::Post-Invoke;

        """
    }
}
