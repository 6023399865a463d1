// SPDX-License-Identifier: Apache-2.0

/// A fact about a patch that a person should weigh before it is shipped.
package struct Finding: Hashable, Sendable, Codable {
    /// The kinds of finding; the raw value is stable and appears in JSON.
    package enum Rule: String, Hashable, Sendable, Codable {
        /// The replacement code has no unwind tables in the process: an exception that must pass through it ends the
        /// process, and a cancelled thread skips the cleanups of its callers' frames.
        case noUnwindTables = "no-unwind-tables"
        /// A function is gone from the fixed source; its old code stays, and nobody calls it.
        case removedFunction = "removed-function"
        /// A constant differs between the two sources; only replaced functions see the new one.
        case changedConstant = "changed-constant"
        /// A function that others can interpose is bound to the target's own definition.
        case boundDirectly = "bound-directly"
    }

    /// What kind of finding it is.
    package var rule: Rule
    /// The symbols that it is about.
    package var symbols: [String]

    /// A finding about some symbols.
    package init(rule: Rule, symbols: [String]) {
        self.rule = rule
        self.symbols = symbols
    }
}

/// A text that its author gave in English and, where there is one, in Japanese.
package struct LocalizedText: Hashable, Sendable, Codable {
    /// The English text.
    package var english: String
    /// The Japanese text.
    package var japanese: String?

    /// A text in one or both languages.
    package init(english: String, japanese: String? = nil) {
        self.english = english
        self.japanese = japanese
    }

    private enum CodingKeys: String, CodingKey {
        case english = "en"
        case japanese = "ja"
    }
}
