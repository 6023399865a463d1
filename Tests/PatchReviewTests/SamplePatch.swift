// SPDX-License-Identifier: Apache-2.0

import ELF
import LivePatch

/// A small patch with every kind of content, made by hand.
enum SamplePatch {
    /// A patch; names and texts are the caller's, so that hostile ones can be tried.
    static func artefact(
        function: String = "answer", text: String = "hello", title: String = "A better answer",
        findings: [Finding] = SamplePatch.findings
    ) throws -> Artefact {
        let original: [UInt8] = [
            0x48, 0x8d, 0x3d, 0xf9, 0x0f, 0, 0,  // lea rdi, [0x2000]
            0xe8, 0xf4, 0xef, 0xff, 0xff,  // call 0x0
            0x8b, 0x05, 0xee, 0x1f, 0, 0,  // mov eax, [0x3000]
            0xc3,  // ret
        ]
        let replacement: [UInt8] = [
            0x48, 0x8d, 0x3d, 0xf9, 0x0f, 0, 0,  // lea rdi, [image 0x1000]
            0xe8, 0, 0, 0, 0,  // call, filled in the process
            0x85, 0xc0,  // test eax, eax
            0x74, 0x06,  // je to the ret
            0xff, 0x05, 0, 0, 0, 0,  // inc [counter]
            0xc3,  // ret
        ]
        let manifest = Manifest(
            target: .init(name: "libsample.so.1", buildID: BuildID(bytes: [0xab, 0xcd]), package: "sample=1.0"),
            level: 1,
            fixes: [.init(vulnerabilities: ["CVE-2026-12345"], title: title, source: "a.c", hunks: ["00ff"])],
            functions: [
                .init(
                    name: function,
                    pieces: [
                        .init(name: function, address: 0x1000, size: UInt64(original.count), originalOffset: 0)
                    ],
                    jumpOffset: 0, replacementOffset: 0, replacementSize: UInt64(replacement.count))
            ],
            addedFunctions: [], removedFunctions: [], data: [.init(name: "counter", place: .target, size: 4)],
            evidence: [.init(kind: .code, subject: "a.c", detail: "20 of 20 bytes equal")],
            findings: findings, hooks: [],
            revertHazards: [.init(english: "Close the connections first.", japanese: "先に接続を閉じてください。")],
            builder: .init(name: "test", version: "1"), compiler: "gcc 12")
        let document = ReviewDocument(
            functions: [
                .init(
                    name: function, unit: "a.c",
                    callers: [
                        .init(address: 0x1101, kind: .call, symbol: "main"),
                        .init(address: 0x3010, kind: .pointer, symbol: nil),
                    ], inlinedInto: ["sibling"])
            ],
            units: [.init(source: "a.c", verdict: .changed)],
            targetNames: [
                .init(address: 0x0, kind: .function, name: "puts"), .init(address: 0x2000, kind: .text, name: text),
                .init(address: 0x3000, kind: .datum, name: "counter"),
            ],
            imageNames: [.init(address: 0x1000, kind: .text, name: text)],
            fix: "--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-old <line>\n+new & line\n")
        return Artefact(
            manifest: manifest,
            image: Image(parts: [
                .init(
                    protection: .text, offset: 0, contents: replacement, memorySize: UInt64(replacement.count)),
                .init(protection: .readOnlyData, offset: 0x1000, contents: Array(text.utf8) + [0], memorySize: 64),
            ]),
            relocations: [
                .init(offset: 8, kind: .relative32, target: 0, addend: -4, symbol: "puts"),
                .init(offset: 18, kind: .relative32, target: 0x3000, addend: -4, symbol: "counter"),
            ],
            original: original, review: try document.encoded())
    }

    static let findings: [Finding] = [
        .init(
            rule: .changedVariable, weight: .blocking, unit: "a.c", symbols: ["limit"],
            facts: ["bytes from offset 0: 0a → 14"], waiver: .init(name: "A. Person", reason: "it may stay")),
        .init(rule: .noUnwindTables, symbols: ["answer"]),
    ]
}
