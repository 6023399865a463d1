// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LivePatch
import PatchBuilder

/// What became of a fix.
enum PatchOutcome {
    /// A live patch, written to a file.
    case built(path: String, Artefact, ArtefactID, fileSize: Int)
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
        /// The live patch's file.
        var file: String?
        /// The SHA-256 of the file.
        var id: String?
        /// Units of a fix that changes nothing.
        var units: [String]?
        /// What the safety review found.
        var findings: [Finding]?
        /// Why there is no patch.
        var reason: String?
    }

    var report: Report {
        switch self {
        case .built(let path, let artefact, let id, _):
            Report(verdict: "built", file: path, id: id.description, findings: artefact.manifest.findings)
        case .notAffected(let units): Report(verdict: "not-affected", units: units)
        case .blocked(let findings): Report(verdict: "blocked", findings: findings)
        case .refused(let reason): Report(verdict: "refused", reason: reason)
        }
    }

    func text(in language: Language) -> String {
        switch self {
        case .built(let path, let artefact, let id, let fileSize):
            ManifestText(artefact: artefact, id: id, fileSize: fileSize).summary(path: path)
        case .notAffected(let units): "kaketsugi-build: \(PatchRefusal.noChange(units: units))"
        case .blocked(let findings): BlockedText(findings: findings, language: language).text
        case .refused(let reason): "kaketsugi-build: \(reason)"
        }
    }
}
