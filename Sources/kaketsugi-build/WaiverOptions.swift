// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LivePatch
import PatchBuilder

/// The options by which a person decides about findings.
struct WaiverOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Decide that a finding is no obstacle: its rule, optionally one symbol, and the reason.",
            valueName: "rule[:symbol]=reason"))
    var waive: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("Who decides (default: the user who runs this).", valueName: "name"))
    var waivedBy: String?

    mutating func validate() throws {
        for text in waive where Self.parse(text) == nil {
            let rules = Finding.Rule.allCases.filter(\.canBeWaived).map(\.rawValue).sorted().joined(separator: ", ")
            throw ValidationError(
                "‘\(text)’ is no waiver: write RULE=REASON or RULE:SYMBOL=REASON, where RULE is one of \(rules).")
        }
    }

    /// The decisions on the command line and those of fixes, each with the person who made it.
    func waivers(with stated: [Waiver]) -> [Waiver] {
        let person = waivedBy ?? CurrentUser.name
        return (waive.compactMap(Self.parse) + stated).map { waiver in
            var waiver = waiver
            waiver.person = waiver.person ?? person
            return waiver
        }
    }

    private static func parse(_ text: String) -> Waiver? {
        let parts = text.split(separator: "=", maxSplits: 1)
        return parts.count == 2 ? Waiver(about: parts[0], reason: parts[1]) : nil
    }
}
