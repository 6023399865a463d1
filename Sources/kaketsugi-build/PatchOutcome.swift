// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LivePatch
import PatchBuilder

/// What became of a fix.
enum PatchOutcome {
    /// Live patches, one for each shipped file that the fix changes, and what became of units that are in none.
    case built([PatchFile], UnitVerdicts)
    /// The fix changes nothing of the machine code and data of this build.
    case notAffected(units: [String])
    /// What the fix changes is no part of this kernel.
    case notInKernel(units: [String], kernel: String)
    /// The safety review found what somebody must decide about.
    case blocked([Finding])
    /// It cannot be made; the cause in words.
    case refused(String)

    /// The outcome that an error means.
    init(_ error: any Error & CustomStringConvertible) {
        switch error as? PatchRefusal {
        case .noChange(let units): self = .notAffected(units: units)
        case .blocked(let findings): self = .blocked(findings)
        default: self.init(ofKernel: error)
        }
    }

    private init(ofKernel error: any Error & CustomStringConvertible) {
        switch error as? BuildError {
        case .kernel(.noChange(let units)): self = .notAffected(units: units)
        case .kernel(.notInKernel(let units, let kernel)): self = .notInKernel(units: units, kernel: kernel)
        default: self = .refused(error.description)
        }
    }

    /// What the program ends with.
    var exitCode: ExitCode {
        switch self {
        case .built: .success
        case .notAffected, .notInKernel: .notAffected
        case .blocked, .refused: .refused
        }
    }
}

extension PatchOutcome: Presentable {
    /// The JSON of `patch`.
    struct Report: Encodable {
        var schemaVersion = 1
        /// `built`, `not-affected`, `blocked` or `refused`.
        var verdict: String
        /// The live patches that were written.
        var patches: [Patch]?
        /// The sources of units that the fix reaches and leaves as they are.
        var unchanged: [String]?
        /// The sources of units that change and that no target holds.
        var elsewhere: [String]?
        /// What stands in the way of a patch.
        var findings: [Finding]?
        /// Why there is no patch.
        var reason: String?
    }

    /// One live patch in the JSON of `patch`.
    struct Patch: Encodable {
        /// The file.
        var file: String
        /// The SHA-256 of the file.
        var id: String
        /// The shipped file that it is for.
        var target: String
        /// What the safety review found.
        var findings: [Finding]

        init(_ patch: PatchFile) {
            file = patch.path
            id = patch.id.description
            target = patch.artefact.manifest.target.name
            findings = patch.artefact.manifest.findings
        }
    }

    var report: Report {
        switch self {
        case .built(let patches, let verdicts):
            Report(
                verdict: "built", patches: patches.map(Patch.init), unchanged: verdicts.unchanged,
                elsewhere: verdicts.elsewhere)
        case .notAffected(let units): Report(verdict: "not-affected", unchanged: units)
        case .notInKernel(let units, _): Report(verdict: "not-affected", elsewhere: units)
        case .blocked(let findings): Report(verdict: "blocked", findings: findings)
        case .refused(let reason): Report(verdict: "refused", reason: reason)
        }
    }

    func text(in language: Language) -> String {
        switch self {
        case .built(let patches, let verdicts):
            (patches.map { ManifestText(patch: $0).summary } + verdicts.lines).joined(separator: "\n")
        case .notAffected(let units): "kaketsugi-build: \(PatchRefusal.noChange(units: units))"
        case .notInKernel(let units, let kernel):
            "kaketsugi-build: \(KernelRefusal.notInKernel(units: units, kernel: kernel))"
        case .blocked(let findings): BlockedText(findings: findings, language: language).text
        case .refused(let reason): "kaketsugi-build: \(reason)"
        }
    }
}
