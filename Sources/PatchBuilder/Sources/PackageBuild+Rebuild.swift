// SPDX-License-Identifier: Apache-2.0

extension PackageBuild {
    /// Where Debian's builders unpack sources: paths in debug information, and through it the build ID, depend on it.
    private static let place = "/build/reproducible-path"

    /// Builds the whole source as Debian's builders do, so that its files should equal the shipped ones.
    ///
    /// What dpkg-buildpackage would do after this, packing, changes nothing that a build ID is made of.
    ///
    /// - Parameter description: The package's `.dsc`, with its parts beside it.
    /// - Returns: The folder in which it was built.
    /// - Throws: `BuildError` of the build.
    func rebuild(_ description: String) async throws(BuildError) -> String {
        progress(.proving("\(package)"))
        let folder = root.path + "/rebuild"
        try Files.remove(folder)
        try Files.createDirectory(folder)
        _ = try await inPlace(folder, .dpkgSource, ["--no-copy", "-x", description]).capture()
        guard let name = try Files.names(in: folder).first(where: { Files.isDirectory(folder + "/" + $0) }) else {
            throw .malformedArchiveAnswer(tool: Tool.dpkgSource.name, field: description)
        }
        let time = try await inPlace(folder, .parseChangelog, ["--show-field", "Timestamp"], in: name).capture()
        try await inPlace(folder, .checkBuildDependencies, ["-B"], in: name).run()
        var variables = rules
        variables["SOURCE_DATE_EPOCH"] = String(decoding: time, as: UTF8.self).filter(\.isNumber)
        try await inPlace(folder, .make, ["-f", "debian/rules", recipe.wholeTarget], in: name, variables).run()
        return folder
    }

    private func inPlace(
        _ folder: String, _ tool: Tool, _ arguments: [String], in name: String? = nil,
        _ variables: [String: String]? = nil
    ) -> ToolCall {
        var sandbox = root.sandbox(system: system, writing: [])
        sandbox.relocated = [Self.place: folder]
        return ToolCall(
            tool: tool, arguments: arguments, directory: name.map { Self.place + "/" + $0 } ?? Self.place,
            environment: variables ?? environment, log: root.log("rebuild-" + tool.name), sandbox: sandbox)
    }
}
