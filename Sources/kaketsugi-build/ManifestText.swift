// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import ELF
import LivePatch

/// A live patch as text for people, at most 80 columns wide where names allow.
struct ManifestText {
    var patch: PatchFile

    private var manifest: Manifest { patch.artefact.manifest }

    /// What a build ends with.
    var summary: String {
        (["\(patch.path): \(patch.size) bytes, ID \(patch.id.short)"] + target + replaced + added + findings).joined(
            separator: "\n")
    }

    /// Everything the patch says of itself.
    var text: String {
        let head = [
            row("patch", "\(patch.id.short)  (\(patch.size) bytes, \(patch.artefact.image.size) in memory)"),
            row("SHA-256", patch.id.description),
        ]
        let tail = [
            row("builder", "\(manifest.builder.name) \(manifest.builder.version)"), row("compiler", manifest.compiler),
        ]
        let body = [target, fixes, replaced, added, removed, data, hooks, evidence, findings, hazards].flatMap { $0 }
        return (head + body + tail).joined(separator: "\n")
    }

    private var target: [String] {
        let package = manifest.target.package.map { " (\($0))" } ?? ""
        return [
            row("target", manifest.target.name + package), row("build ID", manifest.target.buildID.description),
            row("level", String(manifest.level)),
        ]
    }

    private var fixes: [String] {
        rows("fixes") { [manifest] in
            manifest.fixes.map { fix in
                let names = fix.vulnerabilities + (fix.title.isEmpty ? [] : [fix.title])
                let words = names.isEmpty ? "" : ": " + names.joined(separator: ", ")
                return "\(fix.source), \(fix.hunks.count) hunk\(fix.hunks.count == 1 ? "" : "s")\(words)"
            }
        }
    }

    private var replaced: [String] {
        rows("replaces") { [manifest] in
            manifest.functions.map { function in
                let old = function.pieces.reduce(0) { $0 + $1.size }
                let address = String(function.pieces.first?.address ?? 0, radix: 16)
                return "\(function.name)  (\(old) bytes at 0x\(address), now \(function.replacementSize))"
            } + (manifest.kernel?.functions ?? []).map { "\($0.name)  (of \($0.part), now \($0.size) bytes)" }
        }
    }

    private var added: [String] {
        rows("adds") { [manifest] in
            manifest.addedFunctions.map { "\($0.name)  (\($0.size) bytes)" } + (manifest.kernel?.added ?? [])
        }
    }

    private var removed: [String] {
        rows("drops") { [manifest] in manifest.removedFunctions }
    }

    private var data: [String] {
        rows("data") { [manifest] in
            manifest.data.map { datum in
                let place =
                    switch datum.place {
                    case .target: "the target's"
                    case .added: "new"
                    case .copied: "a copy"
                    }
                return "\(datum.name)  (\(datum.size) bytes, \(place))"
            }
        }
    }

    private var hooks: [String] {
        rows("hooks") { [manifest] in manifest.hooks.map { "\($0.moment.rawValue): \($0.function)" } }
    }

    private var findings: [String] {
        rows("findings") { [manifest] in
            manifest.findings.map { "\($0.rule.rawValue): \($0.about)" }
        }
    }

    private var evidence: [String] {
        rows("proofs") { [manifest] in
            manifest.evidence.map { "\($0.kind.rawValue): \($0.subject), \($0.detail)" }
        }
    }

    private var hazards: [String] {
        rows("revert") { [manifest] in manifest.revertHazards.map(\.english) }
    }

    /// Rows of which the first has a label.
    private func rows(_ label: String, _ values: () -> [String]) -> [String] {
        values().enumerated().map { row($0.offset == 0 ? label : "", $0.element) }
    }

    private func row(_ label: String, _ value: String) -> String {
        label + String(repeating: " ", count: max(1, 10 - label.count)) + TextLayout.harmless(value)
    }
}
