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
        /// The functions that run when the file is loaded or unloaded differ: processes that run have run the old ones.
        case changedConstructor = "changed-constructor"
        /// The target would export a symbol that it does not, or no longer one that it does.
        case changedExport = "changed-export"
        /// An inline assembly statement differs: nothing but a person can tell what it does.
        case changedInlineAssembly = "changed-inline-assembly"
        /// A constant that other units read differs; waived, all code goes on with the target's own.
        case changedSharedConstant = "changed-shared-constant"
        /// The thread-local variables of a unit differ: threads that run have the old ones.
        case changedThreadLocal = "changed-thread-local"
        /// The initial value of a variable differs: processes that run have the old one; waived, it stays.
        case changedVariable = "changed-variable"
        /// A datum that the target has is longer in the fixed source, so that new code would reach beyond its end.
        case grownDatum = "grown-datum"

        /// The layout of a type that changed code reaches differs: a size, an offset or a bit position.
        case changedLayout = "changed-layout"
        /// A type of the same layout means something else: enumerators, signedness, a member in another's place.
        case changedMeaning = "changed-meaning"
        /// A type of the same layout is another one that means the same.
        case changedType = "changed-type"
        /// There is no debug information by which the types of a unit could be compared.
        case typesNotCompared = "types-not-compared"
        /// Calls that lock, unlock, count references, allocate or free differ.
        case differentCalls = "different-calls"
        /// New code reads a field that no old code of the unit set.
        case readsUnsetField = "reads-unset-field"
        /// Old code takes state that new code made for something else.
        case misreadAfterRevert = "misread-after-revert"
        /// There is no debug information by which the uses of fields could be compared.
        case fieldsNotCompared = "fields-not-compared"

        /// Whether a person may decide that such a finding is no obstacle.
        package var canBeWaived: Bool { self != .grownDatum }
    }
}
