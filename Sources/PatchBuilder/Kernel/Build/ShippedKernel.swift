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

    /// A shipped module; nil if the flavour has none of that path.
    ///
    /// - Throws: ``BuildError``.
    func module(_ path: String) throws(BuildError) -> KernelPart? {
        let file = root.modules + "/kernel/" + path + ".ko"
        guard Files.exists(file) else { return nil }
        let bytes = try Files.read(file)
        do throws(KernelRefusal) {
            return try KernelPart(parsing: bytes, path: file)
        } catch {
            throw .kernel(error)
        }
    }
}
