// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// A person's decision that findings of a rule are no obstacle.
package struct Waiver: Hashable, Sendable {
    /// The rule.
    package var rule: Finding.Rule
    /// The symbol, type or unit that a finding must be about; nil for every finding of the rule.
    package var symbol: String?
    /// The reason, in the person's words.
    package var reason: String
    /// Who decided; nil for whoever builds the patch.
    package var person: String?

    /// A decision about a rule.
    package init(rule: Finding.Rule, symbol: String? = nil, reason: String, person: String? = nil) {
        self.rule = rule
        self.symbol = symbol
        self.reason = reason
        self.person = person
    }

    /// Reads `RULE` or `RULE:SYMBOL`; nil for a rule that does not exist, and without a reason.
    package init?(about text: Substring, reason: Substring) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let reason = reason.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard let rule = parts.first.flatMap(Finding.Rule.init), !reason.isEmpty, !text.hasSuffix(":") else {
            return nil
        }
        self.init(rule: rule, symbol: parts.count > 1 ? parts[1] : nil, reason: reason)
    }

    /// Whether the decision is about a finding.
    func names(_ finding: Finding) -> Bool {
        guard finding.rule == rule else { return false }
        guard let symbol else { return true }
        return finding.symbols.contains(symbol) || finding.unit == symbol
    }
}

extension Waiver {
    /// What to write in front of a reason to waive one finding, and no other.
    package static func name(of finding: Finding) -> String {
        (finding.symbols.first ?? finding.unit).map { "\(finding.rule.rawValue):\($0)" } ?? finding.rule.rawValue
    }
}

extension [Waiver] {
    /// The first rule among them whose findings nobody can waive.
    var impossible: Finding.Rule? { first { !$0.rule.canBeWaived }?.rule }
}

extension [Finding] {
    /// Marks what waivers name.
    ///
    /// - Returns: The waivers that name no finding that blocks.
    mutating func apply(_ waivers: [Waiver]) -> [Waiver] {
        var needless: [Waiver] = []
        for waiver in waivers {
            let named = indices.filter { self[$0].weight == .blocking && waiver.names(self[$0]) }
            if named.isEmpty { needless.append(waiver) }
            // The first decision about a finding stands.
            for position in named where self[position].waiver == nil {
                self[position].waiver = .init(name: waiver.person ?? "unknown", reason: waiver.reason)
            }
        }
        return needless
    }
}
