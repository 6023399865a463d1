// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport
import Testing

@testable import LivePatch

/// A live patch of a kernel is written and read as it is, and what it may not have is refused.
@Suite struct KernelArtefactTests {
    private func artefact() -> Artefact {
        let identity = BuildID(bytes: [1, 2, 3, 4])
        let kernel = Manifest.Kernel(
            release: "6.1.0-50-cloud-amd64", safeRelease: "6.1.0-56-cloud-amd64", module: "kaketsugi_1_abc",
            parts: [.init(name: "vmlinux", buildID: identity), .init(name: "act_mpls", buildID: identity)],
            functions: [.init(part: "act_mpls", name: "tcf_mpls_act", position: 2, unit: "net/sched/a.c", size: 100)],
            added: ["check"])
        let manifest = Manifest(
            target: .init(name: "vmlinux", buildID: identity, package: "linux-image-x=6.1.176-1"), level: 1, fixes: [],
            functions: [], addedFunctions: [], removedFunctions: [], data: [], findings: [], revertHazards: [],
            builder: .init(name: "kaketsugi-build", version: "1"), compiler: "gcc", kernel: kernel)
        return Artefact(
            manifest: manifest, image: Image(parts: []), relocations: [], original: [], module: [0x7f, 1, 2],
            proof: Array("{}".utf8))
    }

    @Test func `what is written is read`() throws {
        let artefact = artefact()
        let read = try Artefact(parsing: artefact.encoded())
        #expect(read == artefact)
        #expect(read.isForKernel)
    }

    @Test func `what a kernel's patch may not be is refused`() throws {
        let changes: [(inout Artefact) -> Void] = [
            { $0.module = [] },
            { $0.manifest.kernel?.functions = [] },
            { $0.manifest.kernel?.parts = [] },
            { $0.manifest.kernel?.module = "../x" },
            { $0.manifest.kernel?.module = "" },
            { $0.manifest.kernel?.parts[1].name = "a/b" },
            { $0.manifest.kernel?.functions[0].part = "other" },
            { $0.manifest.level = 0 },
            { $0.original = [1] },
            { $0.manifest.kernel = nil },
        ]
        for (number, change) in changes.enumerated() {
            var changed = artefact()
            change(&changed)
            #expect(throws: ArtefactError.self, "change \(number)") { try changed.validate() }
            #expect(throws: ArtefactError.self, "change \(number)") { try changed.encoded() }
        }
    }
}
