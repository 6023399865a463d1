// SPDX-License-Identifier: Apache-2.0

import ELF
import LivePatch

@testable import KernelPatcher

/// Patches that no kernel would take, with all that the host looks at.
enum SamplePatch {
    static let vmlinux = BuildID(bytes: Array(1...20))
    static let bridge = BuildID(bytes: Array(21...40))

    /// A module that nothing is in but its name.
    static func module(_ name: String, information: [String] = ["livepatch=Y"]) throws -> [UInt8] {
        var writer = ObjectWriter(type: .relocatable)
        let fields = Array((information + ["name=\(name)"]).joined(separator: "\0").utf8) + [0]
        _ = writer.add(SectionDraft(name: ".modinfo", flags: [.allocate], contents: fields))
        _ = writer.add(
            SectionDraft(
                name: ".gnu.linkonce.this_module", flags: [.allocate, .write],
                contents: [UInt8](repeating: 0, count: 64)))
        let identity = Array(name.utf8.prefix(20)) + [UInt8](repeating: 0, count: max(0, 20 - name.utf8.count))
        _ = writer.add(
            SectionDraft(
                name: ".note.gnu.build-id", type: .note, flags: [.allocate], alignment: 4, contents: note(identity)))
        return try writer.write()
    }

    /// A build ID as a note (gABI, note section).
    static func note(_ identity: [UInt8]) -> [UInt8] {
        [4, 0, 0, 0, UInt8(identity.count), 0, 0, 0, 3, 0, 0, 0] + Array("GNU\0".utf8) + identity
    }

    /// An artefact's file.
    static func file(
        _ name: String = "kaketsugi_1_a", level: Int = 1, hunks: [String] = ["a"], module: [UInt8]? = nil,
        functions: [String] = ["cmdline_proc_show"], safeRelease: String? = nil
    ) throws -> [UInt8] {
        let manifest = Manifest(
            target: .init(name: "vmlinux", buildID: vmlinux, package: "linux-image-6.1.0-50-cloud-amd64=6.1.176-1"),
            level: level,
            fixes: [
                .init(
                    level: 1, vulnerabilities: ["CVE-2026-1"], title: "A fix", source: "fs/proc/cmdline.c", hunks: hunks
                )
            ],
            functions: [], addedFunctions: [], removedFunctions: [], data: [], findings: [], revertHazards: [],
            builder: .init(name: "test", version: "1"), compiler: "gcc",
            kernel: .init(
                release: "6.1.0-50-cloud-amd64", safeRelease: safeRelease, module: name,
                parts: [.init(name: "vmlinux", buildID: vmlinux), .init(name: "bridge", buildID: bridge)],
                functions: functions.map {
                    .init(part: "vmlinux", name: $0, position: 0, unit: "fs/proc/cmdline.c", size: 64)
                },
                added: []))
        return try Artefact(
            manifest: manifest, image: Image(parts: []), relocations: [], original: [],
            module: try module ?? self.module(name)
        ).encoded()
    }

    static func patch(
        _ name: String = "kaketsugi_1_a", level: Int = 1, hunks: [String] = ["a"], module: [UInt8]? = nil,
        functions: [String] = ["cmdline_proc_show"], safeRelease: String? = nil
    ) throws -> KernelPatch {
        try KernelPatch(
            parsing: try file(
                name, level: level, hunks: hunks, module: module, functions: functions, safeRelease: safeRelease))
    }
}
