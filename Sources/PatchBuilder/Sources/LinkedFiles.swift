// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The programs and shared objects that a build of the whole source linked, by their build IDs.
struct LinkedFiles: Codable, Sendable {
    struct File: Codable, Sendable {
        var path: String
        var name: String
        var buildID: BuildID
        /// How many bytes its sections have: of a file that was linked once and then stripped, the larger has symbols.
        var size: Int
    }

    private(set) var files: [File] = []
    /// Whether the build was made to be compared with what is shipped, and not only to compile units.
    private(set) var isProof: Bool

    private static func index(in root: BuildRoot) -> String { root.path + "/linked.json" }

    /// The files of the root's last whole build; nil if there was none.
    static func load(from root: BuildRoot) throws(BuildError) -> LinkedFiles? {
        guard Files.exists(index(in: root)) else { return nil }
        return try Files.readJSON(LinkedFiles.self, from: index(in: root))
    }

    /// Searches a folder.
    init(below folder: String, isProof: Bool) throws(BuildError) {
        self.isProof = isProof
        for path in try Files.paths(below: folder) {
            let whole = folder + "/" + path
            guard Files.isRegularFile(whole), ELFFile.isTarget(try Files.head(of: whole, 20)),
                let object = try? ObjectFile(parsing: try Files.read(whole)), let identity = object.buildID
            else { continue }
            files.append(
                File(
                    path: whole, name: path.split(separator: "/").last.map(String.init) ?? path,
                    buildID: identity, size: object.sections.reduce(0) { $0 &+ $1.contents.count }))
        }
    }

    /// Writes the index down.
    func keep(in root: BuildRoot) throws(BuildError) { try Files.writeJSON(self, to: Self.index(in: root)) }

    /// Copies what may be one of some targets into the root, so that the rest of the build can go.
    mutating func collect(for targets: [TargetFile], in root: BuildRoot) throws(BuildError) {
        let directory = root.path + "/rebuilt"
        try Files.remove(directory)
        try Files.createDirectory(directory)
        let identities = Set(targets.compactMap(Self.identity))
        let names = Set(targets.map(\.name))
        var kept: [File] = []
        for file in files where identities.contains(file.buildID) || names.contains(file.name) {
            var copy = file
            copy.path = "\(directory)/\(kept.count)"
            try Files.copy(file.path, to: copy.path)
            kept.append(copy)
        }
        files = kept
    }

    /// The targets with what the build made of each: the file with its build ID, else the one with its name.
    func attach(to targets: [TargetFile]) -> [TargetFile] {
        targets.map { target in
            let identity = Self.identity(of: target)
            let equal = files.filter { $0.buildID == identity }.max { $0.size < $1.size }
            guard let file = equal ?? files.first(where: { $0.name == target.name }) else { return target }
            var attached = target
            attached.rebuilt = RebuiltFile(buildID: file.buildID, path: file.path)
            return attached
        }
    }

    private static func identity(of target: TargetFile) -> BuildID? {
        (try? ObjectFile(parsing: target.bytes))?.buildID
    }
}

extension BuildRoot {
    /// The targets with what a whole build made of them, if there was one.
    ///
    /// - Parameters:
    ///   - targets: The shipped files.
    ///   - proving: Whether a build is to be made for this, if no earlier one made all of them.
    ///   - rebuild: Builds the whole source into a folder of the root, which it gives; nil if the root's own build was
    ///     the whole one already.
    /// - Returns: The targets, each with what the last build made of it.
    /// - Throws: `BuildError` of the build.
    func compareWithBuild(
        _ targets: [TargetFile], proving: Bool, rebuild: (() async throws(BuildError) -> String)? = nil
    ) async throws(BuildError) -> [TargetFile] {
        let known = try LinkedFiles.load(from: self)
        let compared = known?.attach(to: targets) ?? targets
        guard proving, known?.isProof != true, !compared.allSatisfy(\.isRebuilt), let rebuild else { return compared }
        let folder = try await rebuild()
        var files = try LinkedFiles(below: folder, isProof: true)
        try files.collect(for: targets, in: self)
        try files.keep(in: self)
        try Files.remove(folder)
        return files.attach(to: targets)
    }
}
