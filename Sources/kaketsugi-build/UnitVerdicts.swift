// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput

/// What is said of the units that a fix reaches and that are not in a patch.
struct UnitVerdicts {
    /// The sources of units whose code stays as it is.
    var unchanged: [String]
    /// The sources of units that change and that no target holds.
    var elsewhere: [String]

    /// One line for each verdict.
    var lines: [String] {
        [line("no change", unchanged), line("left out", elsewhere, reason: ": in no target")].compactMap { $0 }
    }

    private func line(_ verdict: String, _ units: [String], reason: String = "") -> String? {
        guard !units.isEmpty else { return nil }
        let shown = units.prefix(5).joined(separator: ", ")
        let rest = units.count > 5 ? " and \(units.count - 5) more" : ""
        return verdict + String(repeating: " ", count: 10 - verdict.count) + TextLayout.harmless(shown + rest + reason)
    }
}
