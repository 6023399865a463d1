// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// A live patch of a kernel to be loaded: an artefact that has been checked, and its identity.
package struct KernelPatch: Hashable, Sendable {
    /// The identity of the file.
    package let id: ArtefactID
    /// What the patch says about itself.
    package let manifest: Manifest
    /// What it says of the kernel.
    package let kernel: Manifest.Kernel
    /// The module.
    let module: PatchModule
    /// The file as it was read, to be kept for as long as the patch is loaded.
    let file: [UInt8]

    /// Reads the contents of an artefact file.
    ///
    /// - Throws: `KernelPatchError.artefact`, `.notForKernel`, `.badModule`.
    package init(parsing file: [UInt8]) throws(KernelPatchError) {
        let artefact: Artefact
        do throws(ArtefactError) {
            artefact = try Artefact(parsing: file)
        } catch {
            throw .artefact(error)
        }
        guard let kernel = artefact.manifest.kernel else { throw .notForKernel }
        id = ArtefactID(of: file)
        manifest = artefact.manifest
        self.kernel = kernel
        self.file = file
        module = try PatchModule(artefact.module, named: kernel.module)
    }

    /// The names of the functions that the patch replaces.
    package var functionNames: [String] { kernel.functions.map(\.name) }
}
