// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The files of a kernel that hosts run.
struct ShippedKernel: Sendable {
    let vmlinux: KernelPart
    let symbols: ParentSymbols
    let exports: ExportTable
    let sizes: RecordSizes
    let root: KernelRoot

    /// Reads what a build root holds.
    ///
    /// - Throws: ``BuildError``.
    init(_ root: KernelRoot) throws(BuildError) {
        self.root = root
        let bytes = try Files.read(root.vmlinux)
        let (symbolText, exportText) = (try Files.read(root.symbols), try Files.read(root.exports))
        do throws(KernelRefusal) {
            vmlinux = try KernelPart(parsing: bytes, path: root.vmlinux)
            symbols = try ParentSymbols(parsing: symbolText)
            exports = try ExportTable(parsing: exportText)
        } catch {
            throw .kernel(error)
        }
        var sizes = RecordSizes()
        sizes.learn(fromFirstOf: [vmlinux.object])
        self.sizes = sizes
    }

    /// The bytes of vmlinux from an address on.
    func bytes(at address: UInt64, count: Int) -> ArraySlice<UInt8>? {
        vmlinux.object.bytes(atAddress: address, count: count)
    }

    /// A shipped module, by the name that the running kernel has for it; nil if the flavour has none of that name.
    ///
    /// - Throws: ``BuildError``.
    func module(_ name: String) async throws(BuildError) -> KernelPart? {
        let folder = root.modules + "/kernel"
        let file = try Files.paths(below: folder).first { path in
            let file = path.split(separator: "/").last ?? ""
            // Names of files have hyphens where the kernel has underscores.
            guard let end = file.firstRange(of: ".ko") else { return false }
            return file[..<end.lowerBound].map { $0 == "-" ? "_" : $0 } == Array(name)
        }
        guard let file else { return nil }
        guard Self.suffixes.contains(where: file.hasSuffix) else {
            throw .kernel(.malformedKernel(file: file, reason: "it is packed in a way that is unknown here"))
        }
        let bytes = try await contents(ofModule: folder + "/" + file)
        do throws(KernelRefusal) {
            return try KernelPart(parsing: bytes, path: file)
        } catch {
            throw .kernel(error)
        }
    }

    private static let suffixes = [".ko", ".ko.xz"]

    private func contents(ofModule path: String) async throws(BuildError) -> [UInt8] {
        guard path.hasSuffix(".xz") else { return try Files.read(path) }
        return try await ToolCall(
            tool: Tool(name: "xz", package: "xz-utils"), arguments: ["-dc", path], directory: root.root.path,
            environment: root.environment, log: root.root.log("xz"), sandbox: root.root.sandbox(writing: [])
        ).capture()
    }
}
