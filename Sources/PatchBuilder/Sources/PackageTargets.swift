// SPDX-License-Identifier: Apache-2.0

/// The programs and shared objects that a package's binary packages ship.
struct PackageTargets: Codable, Sendable {
    struct File: Codable, Sendable {
        /// Relative to the root's folder of targets.
        var path: String
        var package: String?
    }

    private(set) var files: [File] = []

    private static func index(in root: BuildRoot) -> String { root.path + "/targets.json" }

    /// Unpacks downloaded packages and notes which of their files may be targets.
    static func unpack(
        _ packages: [DebianPackage], downloads: String, into root: BuildRoot
    ) async throws(BuildError) {
        var targets = PackageTargets()
        let archives = try Files.names(in: downloads).filter { $0.hasSuffix(".deb") }
        for package in packages {
            guard let archive = archives.first(where: { $0.hasPrefix(package.name + "_") }) else { continue }
            let directory = root.targets + "/" + package.name
            try await ToolCall(
                tool: .dpkgDeb, arguments: ["-x", downloads + "/" + archive, directory], directory: root.path,
                environment: ToolEnvironment.clean(home: root.path), log: root.log("dpkg-deb"),
                sandbox: root.sandbox(writing: [root.targets])
            ).run()
            try targets.add(package.name, package: package.description, in: root)
        }
        try targets.keep(in: root)
    }

    /// Notes the ELF files in one of the root's folders of targets.
    mutating func add(_ folder: String, package: String?, in root: BuildRoot) throws(BuildError) {
        let directory = root.targets + "/" + folder
        for path in try Files.paths(below: directory) where try Self.isTarget(directory + "/" + path) {
            files.append(File(path: folder + "/" + path, package: package))
        }
    }

    /// Writes down what was noted.
    func keep(in root: BuildRoot) throws(BuildError) {
        try Files.writeJSON(self, to: Self.index(in: root))
    }

    /// The files as they were unpacked.
    static func load(from root: BuildRoot) throws(BuildError) -> [TargetFile] {
        var loaded: [TargetFile] = []
        for file in try Files.readJSON(PackageTargets.self, from: index(in: root)).files {
            let path = root.targets + "/" + file.path
            let name = path.split(separator: "/").last.map(String.init) ?? path
            loaded.append(TargetFile(name: name, path: path, bytes: try Files.read(path), package: file.package))
        }
        return loaded
    }

    private static func isTarget(_ path: String) throws(BuildError) -> Bool {
        // A link names a file that is listed by itself.
        guard Files.isRegularFile(path) else { return false }
        return ELFFile.isTarget(try Files.head(of: path, 20))
    }
}
