// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A kernel's build root: source, configuration and shipped files of one flavour.
struct KernelRoot: Sendable {
    let root: BuildRoot
    let package: KernelPackage
    let record: KernelRecord
    let progress: BuildProgress
    /// What the kernel's build sees as `/`.
    var system = "/"

    /// What depends on how a root is made.
    static let version = 1

    /// The kernel's source, in which its units are built.
    var tree: String { root.tree }
    private var image: String { root.targets + "/image" }
    /// The kernel as a boot loader gets it.
    var bootImage: String { image + "/boot/vmlinuz-" + record.release }
    /// The folder with the shipped modules.
    var modules: String {
        // From Debian 13 on, nothing is shipped in /lib itself.
        let folder = "/lib/modules/" + record.release
        return image + (Files.isDirectory(image + "/usr" + folder) ? "/usr" : "") + folder
    }
    var shipped: String { root.path + "/kernel" }
    /// The unpacked shipped kernel.
    var vmlinux: String { shipped + "/vmlinux" }
    /// The kernel's symbols, as the running kernel tells them.
    var symbols: String { shipped + "/kallsyms" }
    /// What the kernel exports.
    var exports: String { shipped + "/Module.symvers" }
    /// The folder of virtual machines.
    var machines: String { root.path + "/machines" }

    var environment: [String: String] { ToolEnvironment.clean(home: Sandbox.temporary) }

    var sandbox: Sandbox { root.sandbox(system: system, writing: [root.tree, root.objects, root.programs]) }

    /// Runs the kernel's own build.
    func make(_ arguments: [String], log: String) async throws(BuildError) {
        try await ToolCall(
            tool: .make, arguments: try makeVariables() + arguments, directory: tree,
            environment: environment, log: root.log(log), sandbox: sandbox
        ).run()
    }

    /// What the kernel's build is always told: the compiler that the kernel was built with, and the kernel's release.
    private func makeVariables() throws(BuildError) -> [String] {
        let compiler = try self.compiler()
        return ["CC=\(compiler)", "HOSTCC=\(compiler)", "KERNELRELEASE=\(record.release)", "--no-print-directory"]
    }

    /// The command of the compiler that the configuration names: `gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0`.
    func compiler() throws(BuildError) -> String {
        String(try compilerIdentity().split(separator: " ").first ?? "gcc")
    }

    /// How that compiler calls itself.
    func compilerIdentity() throws(BuildError) -> String {
        let configuration = String(
            decoding: try Files.read(image + "/boot/config-" + record.release), as: UTF8.self)
        let key = "CONFIG_CC_VERSION_TEXT=\""
        let line = configuration.split(separator: "\n").first { $0.hasPrefix(key) }
        return line.map { String($0.dropFirst(key.count).prefix { $0 != "\"" }) } ?? ""
    }

    /// Requires that the kernel's own build, with the tools that are there, has understood the shipped configuration: an option
    /// that it leaves out changes structures without a word.
    private func requireConfiguration() throws(BuildError) {
        let shipped = KernelConfiguration(try Files.read(image + "/boot/config-" + record.release))
        let configured = KernelConfiguration(try Files.read(tree + "/.config"))
        let differences = configured.differences(from: shipped)
        guard differences.isEmpty else { throw .kernel(.otherConfiguration(options: differences)) }
    }

    /// Makes the root from the downloaded packages.
    func prepare(downloads: String) async throws(BuildError) {
        let archives = try Files.names(in: downloads).filter { $0.hasSuffix(".deb") }
        for (package, folder) in zip(record.packages, [image, root.targets + "/headers", root.targets + "/source"]) {
            guard let archive = archives.first(where: { $0.hasPrefix(package.name + "_") }) else {
                throw .malformedArchiveAnswer(tool: Tool.aptGet.name, field: package.name)
            }
            guard Digest.sha256(of: try Files.read(downloads + "/" + archive)) == package.digest else {
                throw .malformedArchiveAnswer(tool: Tool.aptGet.name, field: archive)
            }
            progress(.unpacking(archive))
            try await call(.dpkgDeb, ["-x", downloads + "/" + archive, folder], writing: root.targets)
        }
        let source = root.targets + "/source/usr/src/linux-source-\(package.series).tar.xz"
        try Files.createDirectory(tree)
        progress(.unpacking("the kernel's source"))
        try await call(.tar, ["-x", "--strip-components=1", "-f", source, "-C", tree], writing: tree)
        try Files.remove(root.targets + "/source")
        try Files.createDirectory(shipped)
        try Files.copy(
            root.targets + "/headers/usr/src/linux-headers-\(record.release)/Module.symvers", to: exports)
        try Files.copy(exports, to: tree + "/Module.symvers")
        try Files.remove(root.targets + "/headers")
        try Files.copy(image + "/boot/config-" + record.release, to: tree + "/.config")
        progress(.configuring("\(package)"))
        try await make(["olddefconfig"], log: "olddefconfig")
        try requireConfiguration()
        progress(.generatingHeaders("\(package)"))
        try await make(["-j2", "prepare", "modules_prepare"], log: "prepare")
        try await unpackImage()
        try await readSymbols()
    }

    private func call(_ tool: Tool, _ arguments: [String], writing folder: String) async throws(BuildError) {
        try await ToolCall(
            tool: tool, arguments: arguments, directory: root.path, environment: environment, log: root.log(tool.name),
            sandbox: root.sandbox(writing: [folder])
        ).run()
    }

    private func unpackImage() async throws(BuildError) {
        progress(.unpacking("the shipped kernel"))
        let boot: BootImage
        let bytes = try Files.read(bootImage)
        do throws(KernelRefusal) {
            boot = try BootImage(parsing: bytes, path: bootImage)
        } catch {
            throw .kernel(error)
        }
        if let unpacker = boot.unpacker {
            let packed = shipped + "/packed"
            try Files.write(Array(boot.payload.dropLast(4)), to: packed)
            let unpacked = try await ToolCall(
                tool: unpacker.tool, arguments: unpacker.arguments + [packed], directory: root.path,
                environment: environment, log: root.log(unpacker.tool.name), sandbox: root.sandbox(writing: [])
            ).capture()
            try Files.write(unpacked, to: vmlinux)
            try Files.remove(packed)
        } else if let unpacked = LZ4.unpacked(boot.payload, limit: BootImage.limit) {
            try Files.write(unpacked, to: vmlinux)
        } else {
            throw .kernel(.malformedKernel(file: bootImage, reason: "it is packed in a way that is unknown here"))
        }
    }
}
