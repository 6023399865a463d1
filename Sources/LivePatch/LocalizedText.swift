// SPDX-License-Identifier: Apache-2.0

/// A text that its author gave in English and, where there is one, in Japanese.
package struct LocalizedText: Hashable, Sendable, Encodable {
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
