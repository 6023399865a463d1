// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

extension SamplePatch {
    /// The file of a patch of a kernel, which no kernel would take.
    ///
    /// - Parameter proof: what a virtual machine has shown of it.
    /// - Returns: The file's contents.
    /// - Throws: `ArtefactError`.
    package func kernelFile(proof: String) throws -> [UInt8] {
        let target = BuildID(bytes: buildID)
        let manifest = Manifest(
            target: .init(name: "vmlinux", buildID: target, package: package), level: level,
            fixes: [.init(vulnerabilities: vulnerabilities, title: "A fix", source: "a.c", hunks: ["00ff"])],
            functions: [], addedFunctions: [], removedFunctions: [], data: [], findings: [], revertHazards: [],
            builder: .init(name: "test", version: "1"), compiler: "gcc 12",
            kernel: .init(
                release: "6.1.0-50-cloud-amd64", safeRelease: nil, module: "sample",
                parts: [.init(name: "vmlinux", buildID: target)],
                functions: [.init(part: "vmlinux", name: "first", position: 0, unit: "a.c", size: 16)], added: []))
        var patch = Artefact(
            manifest: manifest, image: Image(parts: []), relocations: [], original: [],
            module: [UInt8](repeating: 1, count: size))
        patch.proof = Array(proof.utf8)
        return try patch.encoded()
    }
}
