// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LivePatch
import PatchBuilder

/// What the author says of a patch beside its fix.
struct DescriptionOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The cumulative level, from 1.", valueName: "number"))
    var level = 1

    @Option(name: .long, help: ArgumentHelp("The fix's title, if its text has none.", valueName: "text"))
    var title: String?

    @Option(
        name: .long, help: ArgumentHelp("A vulnerability that is fixed, beside those its text names.", valueName: "id"))
    var cve: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What must be known before the patch is taken out of a running process.", valueName: "text"))
    var revertHazard: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("The same in Japanese, in the same order.", valueName: "text"))
    var revertHazardJa: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Of a kernel: the release that it is as safe as with the patch, as uname -r would print it.",
            valueName: "release"))
    var safeRelease: String?

    mutating func validate() throws {
        guard level >= 1 else { throw ValidationError("--level counts from 1.") }
        guard revertHazardJa.count <= revertHazard.count else {
            throw ValidationError("Each --revert-hazard-ja goes with a --revert-hazard.")
        }
    }

    /// What must be known before the patch is taken out, in both languages.
    var hazards: [LocalizedText] {
        revertHazard.indices.map { position in
            let japanese = revertHazardJa.indices.contains(position) ? revertHazardJa[position] : nil
            return LocalizedText(english: revertHazard[position], japanese: japanese)
        }
    }

    /// What goes into the manifest.
    func options(for built: BuiltFix) -> PatchOptions {
        let fixes = built.manifestFixes(level: level, title: title, vulnerabilities: cve)
        return PatchOptions(
            level: level, fixes: fixes, revertHazards: built.revertHazards + hazards, compiler: built.compiler)
    }
}
