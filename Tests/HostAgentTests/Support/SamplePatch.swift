// SPDX-License-Identifier: Apache-2.0

import ELF
import LivePatch

/// A live patch that is whole, and small.
enum SamplePatch {
    /// The file of a patch for a build.
    static func file(buildID: [UInt8], level: Int, target: String) throws -> [UInt8] {
        let text = [UInt8](repeating: 0x90, count: 31) + [0xc3]
        let manifest = Manifest(
            target: .init(name: target, buildID: BuildID(bytes: buildID), package: nil), level: level,
            fixes: [
                .init(vulnerabilities: ["CVE-2026-100\(level)"], title: "A fix", source: "a.c", hunks: ["00ff"])
            ],
            functions: [
                .init(
                    name: "first", pieces: [.init(name: "first", address: 0x1000, size: 16, originalOffset: 0)],
                    jumpOffset: 0, replacementOffset: 0, replacementSize: 0x20)
            ],
            addedFunctions: [], removedFunctions: [], data: [],
            evidence: [.init(kind: .code, subject: "a.c", detail: "16 bytes")], findings: [], revertHazards: [],
            builder: .init(name: "test", version: "1"), compiler: "gcc 12")
        let part = Image.Part(protection: .text, offset: 0, contents: text, memorySize: UInt64(text.count))
        return try Artefact(
            manifest: manifest, image: Image(parts: [part]), relocations: [], original: (0..<16).map { UInt8($0) }
        ).encoded()
    }
}
