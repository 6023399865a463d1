// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The languages that the tools speak to people in; their JSON is the same in all.
package enum Language: Sendable {
    /// English.
    case english
    /// Japanese.
    case japanese

    /// The language that the environment asks for.
    package static var current: Language {
        Language(locales: ["LC_ALL", "LC_MESSAGES", "LANG"].map(environment))
    }

    /// The language of the first locale that is set; see locale(7) for their order.
    package init(locales: [String?]) {
        let locale = locales.lazy.compactMap { $0 }.first { !$0.isEmpty }
        self = locale?.hasPrefix("ja") == true ? .japanese : .english
    }

    private static func environment(_ name: String) -> String? {
        // Safety: the value is copied at once, before anything could change the environment.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
