// SPDX-License-Identifier: Apache-2.0

import ELF

@testable import LivePatch

extension Artefact {
    /// A small artefact with every kind of content: two functions, one with a cold part, data, zeros, relocations.
    static func sample() -> Artefact {
        let text = [UInt8](repeating: 0x90, count: 0x40) + [0xe8, 0, 0, 0, 0, 0xc3]
        let image = Image(parts: [
            .init(protection: .text, offset: 0, contents: text, memorySize: UInt64(text.count)),
            .init(protection: .readOnlyData, offset: 0x1000, contents: Array("text\0pad".utf8), memorySize: 8),
            .init(protection: .data, offset: 0x2000, contents: [1, 0, 0, 0, 0, 0, 0, 0], memorySize: 0x1800),
        ])
        return Artefact(
            manifest: .sample, image: image,
            relocations: [
                .init(offset: 0x41, kind: .relative32, target: 0x4010, addend: -4, symbol: "puts"),
                .init(offset: 0x1000, imported: .init(name: "lstat", version: "GLIBC_2.33"), addend: 0),
                .init(offset: 0x2000, kind: .absolute64, patchOffset: 0x1000),
            ],
            original: (0..<48).map { UInt8($0) })
    }
}

extension Manifest {
    static let sample = Manifest(
        target: .init(name: "libsample.so.1", buildID: BuildID(bytes: [0xab, 0xcd]), package: "sample=1.0"),
        level: 1,
        fixes: [.init(vulnerabilities: ["CVE-2026-12345"], title: "A fix", source: "a.c", hunks: ["00ff"])],
        functions: [
            .init(
                name: "first",
                pieces: [
                    .init(name: "first", address: 0x1000, size: 16, originalOffset: 0),
                    .init(name: "first.cold", address: 0x800, size: 8, originalOffset: 16),
                ],
                jumpOffset: 0, replacementOffset: 0, replacementSize: 0x20),
            .init(
                name: "second", pieces: [.init(name: "second", address: 0x1010, size: 9, originalOffset: 24)],
                jumpOffset: 4, replacementOffset: 0x20, replacementSize: 0x20),
        ],
        addedFunctions: [.init(name: "helper", offset: 0x40, size: 6)], removedFunctions: ["gone"],
        data: [.init(name: "counter", place: .added, size: 4)],
        findings: [.init(rule: .noUnwindTables, symbols: ["first"])],
        revertHazards: [.init(english: "Close the connections first.", japanese: "先に接続を閉じてください。")],
        builder: .init(name: "test", version: "1"), compiler: "gcc 12")
}
