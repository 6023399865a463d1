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
    /// Who decided.
    package var person: String

    /// A decision about a rule.
    package init(rule: Finding.Rule, symbol: String? = nil, reason: String, person: String) {
        self.rule = rule
        self.symbol = symbol
        self.reason = reason
        self.person = person
    }

    /// Whether the decision is about a finding.
    func names(_ finding: Finding) -> Bool {
        guard finding.rule == rule else { return false }
        guard let symbol else { return true }
        return finding.symbols.contains(symbol) || finding.unit == symbol
    }
}
