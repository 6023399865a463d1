// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// One unit's facts in its two builds, and which of its functions a patch replaces.
struct SemanticComparison {
    let source: String
    let original: UnitFacts
    let fixed: UnitFacts
    /// The functions whose code differs, by the names of the source, those inlined into them not included.
    let patched: Set<String>

    /// Reads both dumps.
    ///
    /// - Throws: ``GimpleError``.
    init(_ unit: PatchUnit, original: [UInt8], fixed: [UInt8]) throws(GimpleError) {
        source = unit.source
        self.original = UnitFacts(
            dump: try GimpleDump(parsing: original), object: unit.diff.original, types: RecordTypes())
        self.fixed = UnitFacts(dump: try GimpleDump(parsing: fixed), object: unit.diff.fixed, types: RecordTypes())
        // gcc names a variant of f that it made `f.part.0`, `f.isra.0` or `f.constprop.0`.
        patched = Set(
            unit.diff.changed.union(unit.diff.added).union(unit.diff.removed).map { name in
                name.firstIndex(of: ".").map { String(name[..<$0]) } ?? name
            })
    }

    /// The functions that are in either build, sorted.
    var names: [String] { Set(original.functions.keys).union(fixed.functions.keys).sorted() }
}
