// SPDX-License-Identifier: Apache-2.0

/// The system of another release of Debian that builds a package: a folder that builds see as `/`.
///
/// It has the release's own compiler and what the package's source says that it needs to be built. mmdebstrap makes it, in
/// its own namespaces or `chroot`: nothing is installed on the machine. What is to be installed there is asked of apt in
/// the private configuration, in a simulation, which changes nothing anywhere.
struct ReleaseSystem: Sendable {
    var suite: DebianRelease
    var package: DebianPackage
    var cache: BuildCache
    var progress: BuildProgress

    /// Changes whenever what is in such a system does.
    private static let version = "1"

    private var key: String {
        String(Digest(["system", suite.name, "\(package)", Self.version]).hexadecimal.prefix(32))
    }

    private var path: String { cache.path + "/systems/" + key }

    /// The folder, made if it is not there.
    func folder() async throws(BuildError) -> String {
        let lock = cache.path + "/locks/system-" + key
        return try await FileLock.held(at: lock, for: "the system of \(suite)", progress: progress) {
            () async throws(BuildError) -> String in
            // A folder has its name only when it is whole.
            if !Files.exists(path) { try await make() }
            return path
        }
    }

    private func make() async throws(BuildError) {
        let preparing = path + ".new"
        try Files.remove(preparing)
        try Files.createDirectory(preparing)
        let archive = PrivateArchive(in: cache, suite: suite, progress: progress)
        let needed = try await FileLock.held(at: archive.lock, for: "the index", progress: progress) {
            () async throws(BuildError) -> [String] in
            try archive.prepare()
            return try await archive.buildDependencies(of: package)
        }
        progress(.makingSystem("\(suite)"))
        let tarball = path + ".tar"
        let environment = ToolEnvironment.clean(home: cache.path)
        let log = cache.path + "/system-\(suite).log"
        try await ToolCall(
            tool: .mmdebstrap,
            arguments: [
                "--variant=minbase", "--format=tar", "--include=" + needed.joined(separator: ","), suite.name, tarball,
                archive.sources,
            ], directory: cache.path, environment: environment, log: log
        ).run()
        // Devices are the sandbox's to make, and whoever unpacks owns what is unpacked.
        try await ToolCall(
            tool: .tar,
            arguments: [
                "--extract", "--file=" + tarball, "--directory=" + preparing, "--no-same-owner",
                "--no-same-permissions", "--exclude=./dev/*",
            ], directory: cache.path, environment: environment, log: log
        ).run()
        try Files.remove(tarball)
        try Files.rename(preparing, to: path)
    }
}
