// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The system of another release of Debian that builds a package: a folder that builds see as `/`.
///
/// It has the release's own compiler and what the package's source says that it needs to be built, and lies in the cache as
/// build roots do. mmdebstrap makes it, in its own namespaces or `chroot`: nothing is installed on the machine. What is to be installed there is asked of apt in
/// the private configuration, in a simulation, which changes nothing anywhere.
struct ReleaseSystem: Sendable {
    var release: DebianRelease
    var contents: Contents
    var cache: BuildCache
    var progress: BuildProgress

    /// What is in it beside the smallest system that there is.
    enum Contents: Sendable {
        /// What the source of a package says that it needs to be built.
        case buildDependencies(of: DebianPackage)
        /// Packages, for a purpose that has a name.
        case packages([String], purpose: String)

        var purpose: String {
            switch self {
            case .buildDependencies(let package): "\(package)"
            case .packages(_, let purpose): purpose
            }
        }

        fileprivate var words: [String] {
            switch self {
            case .buildDependencies(let package): ["\(package)"]
            case .packages(let names, let purpose): [purpose] + names
            }
        }
    }

    /// Changes whenever what is in such a system does.
    private static let version = "2"

    /// Uses the system's folder, which is made first if it is not there.
    func use<Value: Sendable>(
        _ body: (_ path: String) async throws(BuildError) -> Value
    ) async throws(BuildError) -> Value {
        let key = Digest(["system", release.name] + contents.words + [Self.version]).hexadecimal
        return try await cache.withRoot(
            .system, key: key, name: "\(release), to build \(contents.purpose)", progress: progress
        ) { (root: BuildRoot) async throws(BuildError) in
            try await make(in: root)
        } use: { (root: BuildRoot) async throws(BuildError) -> Value in
            try await body(root.tree)
        }
    }

    /// All that is made on the way lies in the root, and is gone with it if this does not end well.
    private func make(in root: BuildRoot) async throws(BuildError) {
        try requireTools()
        let archive = PrivateArchive(in: cache, release: release, progress: progress)
        let needed = try await FileLock.held(at: archive.lock, for: "the index", progress: progress) {
            () async throws(BuildError) -> [String] in
            try archive.prepare()
            switch contents {
            case .buildDependencies(let package): return try await archive.buildDependencies(of: package)
            case .packages(let names, _): return names
            }
        }
        progress(.makingSystem("\(release)"))
        let tarball = root.path + "/system.tar"
        try await ToolCall(
            tool: .mmdebstrap,
            arguments: [
                "--variant=minbase", "--format=tar", "--include=" + needed.joined(separator: ","), release.name,
                tarball,
                archive.sources,
            ], directory: root.path, environment: try environment(in: root), log: root.log("mmdebstrap")
        ).run()
        // Devices are the sandbox's to make, and whoever unpacks owns what is unpacked.
        try Files.createDirectory(root.tree)
        try await ToolCall(
            tool: .tar,
            arguments: [
                "--extract", "--file=" + tarball, "--directory=" + root.tree, "--no-same-owner",
                "--no-same-permissions", "--exclude=./dev/*",
            ], directory: root.path, environment: ToolEnvironment.clean(home: root.path), log: root.log("tar")
        ).run()
        try Files.remove(tarball)
        try Files.remove(root.path + "/temporary")
    }

    /// As root, mmdebstrap works in the root, where it cannot leave anything behind; as another user it needs a folder that
    /// the other users' numbers can reach which it takes.
    private func environment(in root: BuildRoot) throws(BuildError) -> [String: String] {
        var environment = ToolEnvironment.clean(home: root.path)
        guard geteuid() == 0 else { return environment }
        let folder = root.path + "/temporary"
        try Files.createDirectory(folder)
        environment["TMPDIR"] = folder
        return environment
    }

    /// Says what is missing before anything is fetched.
    private func requireTools() throws(BuildError) {
        let environment = ToolEnvironment.clean(home: cache.path)
        for tool in geteuid() == 0 ? [Tool.mmdebstrap] : [Tool.mmdebstrap, .newUserMap]
        where !ToolEnvironment.finds(tool, in: environment) {
            throw .toolMissing(tool)
        }
    }
}
