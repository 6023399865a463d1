// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// The safety review of a patch: what every check finds in every unit, and which of it a person has waived.
struct SafetyReview {
    /// What was found, in the order of units and checks, equal findings once; waived ones say by whom.
    private(set) var findings: [Finding] = []
    /// The waivers that name no finding that blocks.
    private(set) var needless: [Waiver] = []

    /// The findings that stand in the way of the patch.
    var blocking: [Finding] { findings.filter(\.isBlocking) }

    /// The checks that every unit goes through; add yours here.
    private static func checks(_ subject: Subject) -> [any SafetyCheck] {
        [
            ChangedDataCheck(),
            LoadTimeCheck(),
            AssemblyCheck(),
            AssemblerCheck(),
            StaysOnStackCheck(),
            ExportCheck(target: subject.target, files: subject.options.fixes.map(\.source)),
        ]
    }

    /// What a patch is made for, and what its author says of it.
    struct Subject {
        /// The shipped file.
        var target: ObjectFile
        /// The author's words: revert hazards, waivers, the files of the fix.
        var options: PatchOptions
    }

    /// Runs all checks, and applies the author's waivers to what they find.
    ///
    /// - Throws: ``PatchRefusal/impossibleWaiver(rule:)``, and what a check throws.
    init(of units: [PatchUnit], _ subject: Subject) throws(PatchRefusal) {
        let checks = Self.checks(subject)
        for unit in units {
            for check in checks { findings += try check.findings(in: unit) }
        }
        findings += EntryCheck(target: subject.target).findings(in: units)
        findings += TypeCheck(target: subject.target).findings(in: units)
        findings += SemanticCheck(declaresRevertHazard: !subject.options.revertHazards.isEmpty).findings(in: units)
        findings = findings.uniqued()
        if let rule = subject.options.waivers.impossible { throw .impossibleWaiver(rule: rule) }
        needless = findings.apply(subject.options.waivers)
    }
}
