// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// An RPM source package in a build root, prepared and compiled by its own spec.
///
///     rpm/SOURCES, rpm/SPECS   what the package holds
///     rpm/BUILD/NAME           a link to the root's tree, which is what %prep left there
struct RPMBuild: Sendable {
    var root: BuildRoot
    var name: String
    var environment: [String: String]
    var progress: BuildProgress

    /// Changes whenever what is done here does.
    static let version = 1

    private var top: String { root.path + "/rpm" }

    /// Unpacks the source package.
    func unpack(_ source: [UInt8]) async throws(BuildError) {
        progress(.unpacking(name))
        try Files.createDirectory(top)
        let file = root.path + "/source.rpm"
        try Files.write(source, to: file)
        // The file was named by the author; who signed it is not ours to judge.
        try await call(.rpm, ["--install", "--nosignature", "--define", "_topdir \(top)", file], writing: [top]).run()
        try Files.remove(file)
    }

    /// Unpacks a binary package into one of the root's folders of targets.
    ///
    /// - Returns: Its name, version, release and architecture.
    func unpackBinary(_ binary: [UInt8], into folder: String) async throws(BuildError) -> String {
        let directory = root.targets + "/" + folder
        try Files.createDirectory(directory)
        let file = directory + "/binary.rpm"
        try Files.write(binary, to: file)
        let format = "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}"
        let label = try await call(
            .rpm, ["--query", "--nosignature", "--queryformat", format, "--package", file], writing: []
        ).capture()
        try await call(.rpmToArchive, [file], writing: [directory]).run()
        try await call(.tar, ["-xzf", file + ".tgz"], in: directory, writing: [directory]).run()
        for remainder in [file, file + ".tgz"] { try Files.remove(remainder) }
        return String(decoding: label, as: UTF8.self)
    }

    /// Applies the package's own patches, and compiles with every compiler call recorded.
    func prepare() async throws(BuildError) {
        let spec = try spec()
        for folder in ["BUILD", "BUILDROOT"] { try Files.createDirectory(top + "/" + folder) }
        try await rpmbuild(["-bp", "--nodeps"], spec, writing: [top])
        try placeTree()
        let recorder = try CommandRecorder(in: root.programs, path: environment["PATH"])
        progress(.building("rpmbuild -bc \(spec.split(separator: "/").last ?? "")"))
        try await rpmbuild(
            ["-bc", "--short-circuit"] + (knowsInstalledPackages ? [] : ["--nodeps"]), spec,
            environment: recorder.environment(environment, mode: .build), writing: [top, root.tree, recorder.records])
        guard try root.keep(try recorder.calls()) > 0 else {
            throw .nothingRecorded(command: "rpmbuild -bc")
        }
    }

    /// Builds the whole package where mock, the builder of RPM distributions, does, up to what would be packed: that is
    /// where debug information and build IDs get their last form.
    ///
    /// - Returns: The folder in which it was built.
    /// - Throws: `BuildError` of the build.
    func rebuild() async throws(BuildError) -> String {
        progress(.proving(name))
        let folder = root.path + "/rebuild"
        let place = "/builddir/build"
        try Files.remove(folder)
        try Files.createDirectory(folder)
        for part in ["SOURCES", "SPECS"] { try Files.copy(top + "/" + part, to: folder + "/" + part) }
        let spec = place + (try spec()).dropFirst(top.count)
        var sandbox = root.sandbox(writing: [])
        sandbox.relocated = [place: folder]
        try await ToolCall(
            tool: .rpmBuild,
            arguments: ["-bi", "--define", "_topdir \(place)"] + (knowsInstalledPackages ? [] : ["--nodeps"]) + [spec],
            directory: place, environment: environment, log: root.log("rebuild"), sandbox: sandbox
        ).run()
        return folder
    }

    private func spec() throws(BuildError) -> String {
        let specs = try Files.names(in: top + "/SPECS").filter { $0.hasSuffix(".spec") }
        guard specs.count == 1 else { throw .unsuitableSpec(package: name, found: specs) }
        return top + "/SPECS/" + specs[0]
    }

    /// Moves what %prep made to where trees are, and leaves a link: configured trees may hold either path.
    private func placeTree() throws(BuildError) {
        var directory = top + "/BUILD"
        var folders = try folders(in: directory)
        // RPM 4.20 has a folder around it, with what it needs itself.
        if folders.count == 1, folders[0].hasSuffix("-build") {
            directory += "/" + folders[0]
            folders = try self.folders(in: directory)
        }
        guard folders.count == 1 else { throw .unsuitableSourceFolders(package: name, found: folders) }
        try Files.rename(directory + "/" + folders[0], to: root.tree)
        try Files.link(directory + "/" + folders[0], to: root.tree)
    }

    private func folders(in directory: String) throws(BuildError) -> [String] {
        try Files.names(in: directory).filter { name in
            Files.isDirectory(directory + "/" + name) && !["SPECPARTS", "BUILDROOT"].contains(name)
        }
    }

    /// Whether rpm can say what is installed: on a machine of another kind it finds nothing.
    private var knowsInstalledPackages: Bool {
        ["/var/lib/rpm", "/usr/lib/sysimage/rpm"].contains { folder in
            ["rpmdb.sqlite", "Packages", "Packages.db"].contains { Files.isFile(folder + "/" + $0) }
        }
    }

    private func rpmbuild(
        _ arguments: [String], _ spec: String, environment: [String: String]? = nil, writing folders: [String]
    ) async throws(BuildError) {
        try await call(
            .rpmBuild, arguments + ["--define", "_topdir \(top)", spec], environment: environment, writing: folders
        ).run()
    }

    private func call(
        _ tool: Tool, _ arguments: [String], in directory: String? = nil, environment: [String: String]? = nil,
        writing folders: [String]
    ) -> ToolCall {
        ToolCall(
            tool: tool, arguments: arguments, directory: directory ?? root.path,
            environment: environment ?? self.environment, log: root.log(tool.name),
            sandbox: root.sandbox(writing: folders))
    }
}
