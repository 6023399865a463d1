// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import ModuleSigning

/// The module of a live patch, as a file.
struct PatchModule: Hashable, Sendable {
    /// The file's contents.
    let contents: [UInt8]
    /// What the kernel tells the loaded module by; nil if the linker gave it none.
    let buildID: BuildID?
    /// Whether somebody has signed it; whom the kernel trusts, it alone knows.
    let isSigned: Bool

    /// Checks that a file is the module that its manifest speaks of.
    ///
    /// - Throws: `KernelPatchError.badModule`.
    init(_ contents: [UInt8], named name: String) throws(KernelPatchError) {
        let object: ObjectFile
        do throws(ELFError) {
            object = try ObjectFile(parsing: contents)
        } catch {
            throw .badModule(reason: "\(error)")
        }
        guard object.header.type == .relocatable, let information = object.section(named: ".modinfo"),
            object.section(named: ".gnu.linkonce.this_module") != nil
        else { throw .badModule(reason: "it is no kernel module") }
        let fields = information.contents.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard fields.contains("livepatch=Y") else { throw .badModule(reason: "it is no live patch (no livepatch=Y)") }
        guard fields.contains("name=" + name) else { throw .badModule(reason: "its name is not \(name)") }
        self.contents = contents
        buildID = object.buildID
        isSigned = ModuleSignature.isPresent(in: contents)
    }
}
