// SPDX-License-Identifier: Apache-2.0

extension Manifest {
    /// A kind of a patch's memory.
    package enum HeldMemory: String, Hashable, Sendable, Encodable {
        /// Code: a function's address is stored or passed on.
        case code
        /// Read-only data, such as strings.
        case constants
        /// Variables.
        case variables
    }

    /// What one patch is to another one for the same target.
    package enum Relation: Hashable, Sendable {
        /// It holds all that the other one does, at a higher level or newly built.
        case replaces
        /// It holds only a part of what the other one does.
        case isOlder
        /// Each has fixes of its own; they live side by side if they replace different functions.
        case unrelated
    }

    /// The variables that the patch adds.
    package var variables: [Datum] { data.filter { $0.variable != nil } }

    /// What this patch is to another one.
    ///
    /// Levels are cumulative, and the fixes prove it: the hunks of the lower level are among those of the higher one.
    package func relation(to other: Manifest) -> Relation {
        guard target.buildID == other.target.buildID, !hunks.isEmpty, !other.hunks.isEmpty else { return .unrelated }
        if level >= other.level, hunks.isSuperset(of: other.hunks) { return .replaces }
        if level <= other.level, hunks.isSubset(of: other.hunks) { return .isOlder }
        return .unrelated
    }

    /// The hunks of all fixes, each with the file that it changes.
    private var hunks: Set<[String]> { Set(fixes.flatMap { fix in fix.hunks.map { [fix.source, $0] } }) }
}
