// SPDX-License-Identifier: Apache-2.0

internal import ELF
package import LivePatch

/// A live patch that is whole, and small: one function of a library that no process uses.
package struct SamplePatch {
    /// The file that it is for.
    package var target: String
    /// The package of that file.
    package var package: String?
    /// The build of that file.
    package var buildID: [UInt8]
    /// Its level.
    package var level: Int
    /// What it fixes.
    package var vulnerabilities: [String]
    /// How many bytes of code it brings.
    package var size: Int

    /// A patch; what is not said is as most tests need it.
    package init(
        of target: String = "libssl.so.3", package: String? = "libssl3=3.0.20-1~deb12u2",
        buildID: [UInt8] = [0xab, 0xcd], level: Int = 1, vulnerabilities: [String] = ["CVE-2026-1234"], size: Int = 32
    ) {
        self.target = target
        self.package = package
        self.buildID = buildID
        self.level = level
        self.vulnerabilities = vulnerabilities
        self.size = size
    }

    /// Its file.
    package func file() throws -> [UInt8] {
        let text = [UInt8](repeating: 0x90, count: size - 1) + [0xc3]
        let manifest = Manifest(
            target: .init(name: target, buildID: BuildID(bytes: buildID), package: package), level: level,
            fixes: [.init(vulnerabilities: vulnerabilities, title: "A fix", source: "a.c", hunks: ["00ff"])],
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

    /// Its identity.
    package func id() throws -> ArtefactID { ArtefactID(of: try file()) }
}
