// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Makes the object file of a live patch from two builds of one unit of the kernel.
package struct ObjectDiffer: Sendable {
    /// What messages call the unit.
    package var unit: String
    /// How the unit refers to the running kernel.
    package var linkage: KernelLinkage
    /// How large the records of special sections are.
    package var sizes: RecordSizes

    package init(unit: String, linkage: KernelLinkage, sizes: RecordSizes) {
        self.unit = unit
        self.linkage = linkage
        self.sizes = sizes
    }

    /// What a differ has made.
    package struct Output: Sendable {
        /// The object file.
        package var object: [UInt8]
        /// The functions that are replaced, by the names that the kernel has for them.
        package var replaced: [String]
        /// The functions and data that come with the patch.
        package var added: [String]
        /// The functions that the fix has no more; they stay, and nobody calls them.
        package var removed: [String]
        /// The functions that are called when the patch comes and goes.
        package var callbacks: [String]
        /// The functions and sections that the author has left out.
        package var ignored: [String]
        /// The symbols that neither the symbol table nor the exports have.
        package var unknown: [String]
        /// The keys of a module's tracepoints, which stay off in the new code.
        package var silent: [String]
    }

    /// Compares two builds, and writes what differs.
    ///
    /// - Throws: ``KernelRefusal/noChange(units:)`` if nothing does, and others if it cannot be done to a running kernel.
    package func patch(from original: [UInt8], to patched: [UInt8]) throws(KernelRefusal) -> Output {
        let diff = try KernelUnitDiff(
            from: KernelUnit(name: unit, bytes: original, sizes: sizes),
            to: KernelUnit(name: unit, bytes: patched, sizes: sizes))
        guard !diff.isEmpty else { throw .noChange(units: [unit]) }
        let selection = try PieceSelection(diff)
        guard selection.obstacles.isEmpty else { throw .obstacles(selection.obstacles) }
        let object = try KernelPatchObject(
            [KernelPatchUnit(selection: selection, linkage: linkage)],
            for: KernelObjectUse(listsTracerCalls: true))
        return Output(
            object: try object.write(), replaced: object.replacements.map(\.symbol.name), added: object.additions,
            removed: diff.removed, callbacks: diff.callbacks.map { diff.patched.title(of: $0.piece) },
            ignored: diff.ignored, unknown: object.unknown.sorted(), silent: object.silent.sorted())
    }
}
