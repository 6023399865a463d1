// SPDX-License-Identifier: Apache-2.0

extension Finding {
    /// The kinds of finding; the raw value is stable, appears in JSON, and is what a waiver names.
    package enum Rule: String, Hashable, Sendable, Codable, CaseIterable {
        /// The replacement code has no unwind tables in the process: an exception that must pass through it ends the
        /// process, and a cancelled thread skips the cleanups of its callers' frames.
        case noUnwindTables = "no-unwind-tables"
        /// A function is gone from the fixed source; its old code stays, and nobody calls it.
        case removedFunction = "removed-function"
        /// A constant differs between the two sources; only replaced functions see the new one.
        case changedConstant = "changed-constant"
        /// Units that the fix changes and the target does not hold: they are built into other files, or into none.
        case outsideTarget = "outside-target"
        /// A function that others can interpose is bound to the target's own definition.
        case boundDirectly = "bound-directly"
    }
}
