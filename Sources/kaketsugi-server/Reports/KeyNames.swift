// SPDX-License-Identifier: Apache-2.0

import UpdateFramework

/// Keys as people know them: by their holders, with the beginning of their identifiers.
struct KeyNames {
    private var holders: [KeyID: String] = [:]

    /// The names that roots give; later ones count.
    init(_ roots: [RootMetadata?]) {
        for root in roots { holders.merge(root?.holders ?? [:]) { $1 } }
    }

    subscript(key: KeyID) -> String {
        let short = String(key.text.prefix(8))
        return holders[key].map { "\($0) (\(short))" } ?? short
    }

    /// The name alone, for programs.
    func holder(of key: KeyID) -> String? { holders[key] }
}
