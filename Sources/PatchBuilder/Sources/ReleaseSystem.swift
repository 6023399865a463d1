// SPDX-License-Identifier: Apache-2.0

/// The system of another release of Debian that builds a package: a folder that builds see as `/`.
///
/// It has the release's own compiler and what the package's source says that it needs to be built. mmdebstrap makes it, in
/// its own namespaces or `chroot`: nothing is installed on the machine. What is to be installed there is asked of apt in
/// the private configuration, in a simulation, which changes nothing anywhere.
struct ReleaseSystem: Sendable {
    var release: DebianRelease
    var package: DebianPackage
    var cache: BuildCache
    var progress: BuildProgress

    /// Changes whenever what is in such a system does.
    private static let version = "1"

    private var key: String {
        String(Digest(["system", release.name, "\(package)", Self.version]).hexadecimal.prefix(32))
    }

    /// The folder.
    var path: String { cache.path + "/systems/" + key }

    /// Makes the folder if it is not there.
    func require() async throws(BuildError) {
        guard !Files.exists(path) else { return }
        let lock = cache.path + "/locks/system-" + key
        try await FileLock.held(at: lock, for: "the system of \(release)", progress: progress) {
            () async throws(BuildError) in
            // A folder has its name only when it is whole.
            if !Files.exists(path) { try await make() }
        }
    }

    private func make() async throws(BuildError) {
        let preparing = path + ".new"
        try Files.remove(preparing)
        try Files.createDirectory(preparing)
        let archive = PrivateArchive(in: cache, release: release, progress: progress)
        let needed = try await FileLock.held(at: archive.lock, for: "the index", progress: progress) {
            () async throws(BuildError) -> [String] in
            try archive.prepare()
            return try await archive.buildDependencies(of: package)
        }
        progress(.makingSystem("\(release)"))
        let tarball = path + ".tar"
        let environment = ToolEnvironment.clean(home: cache.path)
        let log = cache.path + "/system-\(release).log"
        try await ToolCall(
            tool: .mmdebstrap,
            arguments: [
                "--variant=minbase", "--format=tar", "--include=" + needed.joined(separator: ","), release.name,
                tarball,
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
