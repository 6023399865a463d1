// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LivePatch
import PatchBuilder

/// What became of a fix.
enum PatchOutcome {
    /// Live patches, each for one shipped file and written to a file of its own.
    case built([BuiltPatch], UnitVerdicts)
    /// The fix changes nothing of the machine code and data of this build.
    case notAffected(units: [String])
    /// The safety review found what somebody must decide about.
    case blocked([Finding])
    /// It cannot be made; the cause in words.
    case refused(String)

    /// The outcome that an error means.
    init(_ error: any Error & CustomStringConvertible) {
        switch error as? PatchRefusal {
        case .noChange(let units): self = .notAffected(units: units)
        case .blocked(let findings): self = .blocked(findings)
        default: self = .refused(error.description)
        }
    }

    /// What the program ends with.
    var exitCode: ExitCode {
        switch self {
        case .built: .success
        case .notAffected: .notAffected
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
        /// The live patch's file, if there is one.
        var file: String?
        /// The SHA-256 of the file.
        var id: String?
        /// The live patches, if there are several.
        var patches: [Patch]?
        /// Units that the fix reaches and leaves as they are.
        var units: [String]?
        /// Units that change and are in no target.
        var leftOut: [String]?
        /// What the safety review found.
        var findings: [Finding]?
        /// Why there is no patch.
        var reason: String?
    }

    /// One of several patches.
    struct Patch: Encodable {
        var target: String
        var file: String
        var id: String
        var findings: [Finding]
    }

    var report: Report {
        switch self {
        case .built(let patches, let verdicts): Self.report(of: patches, verdicts)
        case .notAffected(let units): Report(verdict: "not-affected", units: units)
        case .blocked(let findings): Report(verdict: "blocked", findings: findings)
        case .refused(let reason): Report(verdict: "refused", reason: reason)
        }
    }

    func text(in language: Language) -> String {
        switch self {
        case .built(let patches, let verdicts):
            (patches.map(\.summary) + verdicts.lines).joined(separator: "\n")
        case .notAffected(let units): "kaketsugi-build: \(PatchRefusal.noChange(units: units))"
        case .blocked(let findings): BlockedText(findings: findings, language: language).text
        case .refused(let reason): "kaketsugi-build: \(reason)"
        }
    }

    private static func report(of patches: [BuiltPatch], _ verdicts: UnitVerdicts) -> Report {
        var report = Report(verdict: "built")
        if !verdicts.unchanged.isEmpty { report.units = verdicts.unchanged }
        if !verdicts.elsewhere.isEmpty { report.leftOut = verdicts.elsewhere }
        if patches.count == 1, let patch = patches.first {
            (report.file, report.id) = (patch.path, patch.id.description)
            report.findings = patch.artefact.manifest.findings
        } else {
            report.patches = patches.map {
                Patch(
                    target: $0.artefact.manifest.target.name, file: $0.path, id: $0.id.description,
                    findings: $0.artefact.manifest.findings)
            }
        }
        return report
    }
}

extension BuiltPatch {
    /// What a build ends with.
    fileprivate var summary: String {
        ManifestText(artefact: artefact, id: id, fileSize: file.count).summary(path: path)
    }
}
