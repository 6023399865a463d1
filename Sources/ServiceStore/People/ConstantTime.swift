// SPDX-License-Identifier: Apache-2.0

/// Comparisons that take as long whatever differs.
package enum ConstantTime {
    /// Whether two texts are the same.
    package static func areEqual(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
