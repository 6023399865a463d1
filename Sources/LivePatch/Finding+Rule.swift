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
        /// A function that others can interpose is bound to the target's own definition.
        case boundDirectly = "bound-directly"
        /// The size of a type that changed code can reach, or the place or size of one of its members, differs: objects
        /// that exist are laid out in the old way.
        case changedLayout = "changed-layout"
        /// A type that changed code can reach is laid out as before and means something else, or a function is called in
        /// another way by code that stays.
        case changedMeaning = "changed-meaning"
        /// A type is declared in another way, with the same layout and a compatible meaning.
        case changedType = "changed-type"
        /// The types of a unit could not be compared, for want of debugging information.
        case typesNotCompared = "types-not-compared"
    }
}
