// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// A use of a resource that a function makes more or less often with the fix.
struct CallDifference {
    /// How a function leaves its locks.
    struct Locks {
        /// What may be held when it ends, without the fix and with it.
        var before: Set<Int>
        var after: Set<Int>
        /// Whether both builds take the same locks.
        var areTakenAlike: Bool
        /// Whether both builds end each read-side critical section of RCU that they begin, and no other.
        var endsReadSections: Bool

        /// Whether the fix only gives back on some way what was left locked there.
        var isRepaired: Bool { areTakenAlike && after.isStrictSubset(of: before) && after.contains(0) }
        var isAsBefore: Bool { areTakenAlike && after == before }
    }

    let function: String
    let use: ResourceUse
    let before: Int
    let after: Int
    let weight: Finding.Weight

    /// A difference; nil for one that means nothing.
    init?(function: String, use: ResourceUse, before: Int, after: Int, locks: Locks) {
        self.function = function
        self.use = use
        self.before = before
        self.after = after
        switch use.kind {
        case .unlock where locks.isAsBefore: return nil
        case .unlock where locks.isRepaired: weight = .note
        case .lock, .unlock:
            let isSection = locks.endsReadSections && ReadSections.change(by: use.function) != nil
            weight = isSection && after > before ? .note : .blocking
        case .reference: weight = .blocking
        // More often or less often, but not for the first or the last time: another way out of the function.
        case .acquire, .release: weight = use.subject == .local || (before > 0 && after > 0) ? .note : .blocking
        // What grows is state: RevertedState asks who reads it.
        case .resize: weight = .note
        }
    }

    /// Whether only one of the builds does it.
    var isFirstOrLast: Bool { before == 0 || after == 0 }

    /// The difference in words.
    var fact: String { "\(use): \(Self.times(before)) without the fix, \(Self.times(after)) with it" }

    private static func times(_ count: Int) -> String {
        switch count {
        case 0: "never"
        case 1: "once"
        default: "\(count) times"
        }
    }
}
