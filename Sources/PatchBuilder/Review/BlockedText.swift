// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// The refusal of a patch by the safety review, in lines of at most 80 columns.
struct BlockedText {
    /// The findings that block.
    var findings: [Finding]

    var text: String {
        findings.map { "\($0.rule.rawValue): \($0.symbols.joined(separator: ", "))" }.joined(separator: "\n")
    }
}
