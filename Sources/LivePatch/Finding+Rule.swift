// SPDX-License-Identifier: Apache-2.0

extension Finding {
    /// The kinds of finding; the raw value is stable, appears in JSON, and is what a waiver names.
    package enum Rule: String, Hashable, Sendable, Encodable, CaseIterable {
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
        /// A symbol of another library that the target does not import is looked up when the patch is applied.
        case addedImport = "added-import"
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
        /// Calls that lock, unlock, count references, allocate or free differ.
        case differentCalls = "different-calls"
        /// New code reads a field that is set by new code only: objects that the old code made do not have it.
        case readsUnsetField = "reads-unset-field"
        /// Old code takes state that new code made for something else.
        case misreadAfterRevert = "misread-after-revert"
        /// Which fields functions read and write could not be compared.
        case fieldsNotCompared = "fields-not-compared"

        /// A thread that is in a changed function does not leave it, so that the patch waits in vain.
        case staysOnStack = "stays-on-stack"
        /// Other code goes to a changed function's first instructions, behind its entry, where the jump will lie.
        case branchIntoEntry = "branch-into-entry"

        /// Whether a person may decide that such a finding is no obstacle.
        package var canBeWaived: Bool { self != .grownDatum && self != .branchIntoEntry }
    }
}
