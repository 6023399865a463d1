// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// The languages of a review; the raw value is that of BCP 47.
package enum ReviewLanguage: String, CaseIterable, Sendable {
    /// English.
    case english = "en"
    /// Japanese.
    case japanese = "ja"
}

extension LocalizedText {
    /// The text in a language, English where it lacks that.
    package func text(in language: ReviewLanguage) -> String {
        switch language {
        case .english: english
        case .japanese: japanese ?? english
        }
    }
}
