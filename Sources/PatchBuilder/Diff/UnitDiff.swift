// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What a fix changes in one translation unit, found in two builds with function and data sections.
struct UnitDiff {
    /// The unit without the fix.
    let original: UnitObject
    /// The unit with the fix.
    let fixed: UnitObject
    /// Functions that both have and whose code differs; a function and its cold part change together.
    var changed: Set<String> = []
    /// Functions that only the fixed unit has.
    var added: Set<String> = []
    /// Functions that only the unfixed unit has.
    var removed: Set<String> = []
    /// Functions of the unfixed assembler that other functions lead to without a call.
    var continued: Set<String> = []
    /// Functions of the unfixed assembler to whose first instructions, by their distances, code goes that a call returned to.
    var reentered: [String: Set<UInt64>] = [:]
    /// For each data section of the fixed unit, what it is to the target.
    var data: [SectionIndex: DataChange] = [:]
    /// Data of the target that the fixed source makes otherwise, and that a patch leaves as they are.
    var keptData: [KeptDatum] = []

    /// Whether the fix leaves the unit's code as it is.
    var isEmpty: Bool { changed.isEmpty && added.isEmpty && removed.isEmpty }
}

/// What a data section of the fixed unit is to the target.
enum DataChange: Hashable {
    /// The unfixed unit has the same datum: the section with this index.
    case existing(SectionIndex)
    /// The unfixed unit has no such datum.
    case added
    /// A constant of the unfixed unit with other contents: the section with this index.
    case changedConstant(SectionIndex)
}

/// A datum of the target that differs in the fixed source and stays what it is.
struct KeptDatum: Hashable {
    /// The section of the fixed unit.
    var fixed: SectionIndex
    /// The section of the unfixed one.
    var original: SectionIndex
}

/// A function's name taken apart.
struct FunctionName {
    /// The name of the function that this one is a piece of, or nil.
    let parent: String?

    /// Takes a symbol's name apart; gcc calls the unlikely part of `f` `f.cold`, in older versions `f.cold.N`.
    init(_ name: String) {
        let end = name.firstRange(of: ".cold")
        let rest = end.map { name[$0.upperBound...] } ?? ""
        let isCold = end != nil && (rest.isEmpty || rest.first == ".")
        parent = isCold ? end.map { String(name[..<$0.lowerBound]) } : nil
    }
}
