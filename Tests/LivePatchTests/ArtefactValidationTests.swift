// SPDX-License-Identifier: Apache-2.0

import ELF
import Testing

@testable import LivePatch

@Suite struct ArtefactValidationTests {
    /// A way to break the sample, and a word of the refusal's text.
    struct Breakage: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var cause: String
        var apply: @Sendable (inout Artefact) -> Void

        init(_ name: String, _ cause: String, _ apply: @escaping @Sendable (inout Artefact) -> Void) {
            testDescription = name
            self.cause = cause
            self.apply = apply
        }
    }

    static let breakages = [
        Breakage("later layout", "layout version 99") { $0.manifest.schemaVersion = 99 },
        Breakage("level 0", "level") { $0.manifest.level = 0 },
        Breakage("no build ID", "buildID") { $0.manifest.target.buildID = BuildID(bytes: []) },
        Breakage("no function", "functions") { $0.manifest.functions = [] },
        Breakage("no text", ".text") { $0.image.parts.removeFirst() },
        Breakage("part off a page", ".rodata") { $0.image.parts[1].offset = 0x1010 },
        Breakage("overlapping parts", ".data") { $0.image.parts[2].offset = 0x1000 },
        Breakage("huge part", ".data") { $0.image.parts[2].memorySize = .max },
        Breakage("contents longer than memory", ".data") { $0.image.parts[2].memorySize = 4 },
        Breakage("jump in the middle", "jumpOffset") { $0.manifest.functions[0].jumpOffset = 2 },
        Breakage("replacement outside", "replacement of first") { $0.manifest.functions[0].replacementOffset = 0x40 },
        Breakage("replacement wraps", "replacement of first") { $0.manifest.functions[0].replacementSize = .max },
        Breakage("no pieces", "pieces") { $0.manifest.functions[0].pieces = [] },
        Breakage("too short", "jump to its replacement") { $0.manifest.functions[1].pieces[0].size = 8 },
        Breakage("original outside", "original bytes") { $0.manifest.functions[0].pieces[1].originalOffset = .max },
        Breakage("address outside", "address") { $0.manifest.functions[0].pieces[0].address = .max },
        Breakage("overlapping functions", "share bytes") { $0.manifest.functions[0].pieces[0].address = 0x1008 },
        Breakage("added function outside", "added function") { $0.manifest.addedFunctions[0].size = 7 },
        Breakage("hook outside", "hook h") {
            $0.manifest.hooks = [Manifest.Hook(moment: .afterApply, function: "h", offset: 0x1000)]
        },
        Breakage("hook far outside", "hook h") {
            $0.manifest.hooks = [Manifest.Hook(moment: .beforeRevert, function: "h", offset: .max)]
        },
        Breakage("too many hooks", "hooks") {
            $0.manifest.hooks = (0..<65).map { _ in Manifest.Hook(moment: .afterApply, function: "h", offset: 0) }
        },
        Breakage("relocation behind its part", "relocation against puts") { $0.relocations[0].offset = 0x44 },
        Breakage("import without a name", "imported symbol") { $0.relocations[1].symbol = "" },
        Breakage("import with a value", "imported symbol") { $0.relocations[1].value = 1 },
        Breakage("import of 32 bits", "imported symbol") { $0.relocations[1].kind = .absolute32 },
        Breakage("relocation in zeros", "relocation") { $0.relocations[1].offset = 0x2008 },
        Breakage("relocation wraps", "relocation") { $0.relocations[1].offset = .max },
    ]

    @Test(arguments: breakages)
    func `a broken artefact is refused with its cause`(breakage: Breakage) {
        var artefact = Artefact.sample()
        breakage.apply(&artefact)
        let error = #expect(throws: ArtefactError.self) { try artefact.encoded() }
        #expect(error?.description.contains(breakage.cause) == true, "\(error?.description ?? "no error")")
    }

    @Test(arguments: [
        ("{", "text"), ("[]", "is no"), (#"{"schemaVersion":\#(Manifest.currentSchemaVersion)}"#, "no field"),
        (#"{"schemaVersion":99}"#, "version 99"),
    ])
    func `a bad manifest is refused with the field`(text: String, cause: String) {
        let error = #expect(throws: ArtefactError.self) { try Manifest(parsing: Array(text.utf8)) }
        #expect(error?.description.contains(cause) == true, "\(error?.description ?? "no error")")
    }
}
