// SPDX-License-Identifier: Apache-2.0

import LivePatch

extension Finding {
    /// What it is about: the first symbols, which matter most, and how many there are beside these.
    ///
    /// JSON has all of them.
    var about: String {
        let limit = 6
        guard symbols.count > limit + 1 else { return symbols.joined(separator: ", ") }
        return symbols.prefix(limit).joined(separator: ", ") + ", +\(symbols.count - limit)"
    }
}
