// SPDX-License-Identifier: Apache-2.0

/// A fact about a patch that a person should weigh before it is shipped.
package struct Finding: Hashable, Sendable, Encodable {
    /// What a finding means for the patch.
    package enum Weight: String, Hashable, Sendable, Encodable {
        /// No patch is made unless a person waives the finding by name, with a reason.
        case blocking
        /// Worth knowing, and no obstacle.
        case note
    }

    /// Who decided that a finding is no obstacle, and why.
    package struct Waiver: Hashable, Sendable, Encodable {
        /// The person.
        package var name: String
        /// The reason, in the person's words.
        package var reason: String

        /// A decision of a person.
        package init(name: String, reason: String) {
            self.name = name
            self.reason = reason
        }
    }

    /// Whether no patch is made because of it.
    package var isBlocking: Bool { weight == .blocking && waiver == nil }

    /// What kind of finding it is.
    package var rule: Rule
    /// What it means for the patch.
    package var weight: Weight
    /// The source file that it is about; nil if it is about the patch as a whole.
    package var unit: String?
    /// The symbols and types that it is about; a waiver may name one of them.
    package var symbols: [String]
    /// What was seen, one fact each in the words of the source (names, offsets and sizes in bytes); not translated.
    package var facts: [String]
    /// The decision that it is no obstacle.
    package var waiver: Waiver?

    /// A finding about some symbols.
    package init(
        rule: Rule, weight: Weight = .note, unit: String? = nil, symbols: [String], facts: [String] = [],
        waiver: Waiver? = nil
    ) {
        self.rule = rule
        self.weight = weight
        self.unit = unit
        self.symbols = symbols
        self.facts = facts
        self.waiver = waiver
    }
}
