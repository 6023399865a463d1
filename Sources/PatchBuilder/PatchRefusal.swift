// SPDX-License-Identifier: Apache-2.0

package import Disassembly
package import ELF
package import LivePatch

/// Why a fix cannot become a live patch for a target.
package enum PatchRefusal: Error, Hashable, Sendable {
    /// A compiled unit is no object file.
    case malformedObject(unit: String, error: ELFError)
    /// The shipped file is no ELF file.
    case malformedTarget(target: String, error: ELFError)
    /// The shipped file has no build ID.
    case noBuildID(target: String)
    /// Two functions of a unit have one name.
    case duplicateSymbol(unit: String, symbol: String)
    /// A relocation against a symbol that cannot be bound.
    case unsupportedSymbol(unit: String, symbol: String, section: String, offset: UInt64)
    /// A relocation of an unknown type, or outside of its section.
    case unsupportedRelocation(unit: String, type: String, section: String, offset: UInt64)
    /// The unit's bytes are nowhere in the shipped file.
    case unitNotFound(unit: String, section: String, size: UInt64, target: String, nearest: CodeDifference?)
    /// The unit's bytes are in the shipped file more than once.
    case unitAmbiguous(unit: String, section: String, target: String, addresses: [TargetAddress], RebuiltSymbols.Answer)
    /// The target names compilers, and the one that compiled the unit is not among them.
    case compilerDiffers(unit: String, target: String, built: [String], shipped: [String])
    /// The whole build does not make the shipped file, and this was asked for.
    case notRebuilt(target: String, shipped: String, rebuilt: String?)
    /// The shipped file has no sections, and nothing of the unit.
    case packedTarget(unit: String, target: String)
    /// Fields of the shipped file say different addresses for one symbol.
    case conflictingAddresses(unit: String, symbol: String, first: TargetAddress, second: TargetAddress)
    /// The build with function sections inlines differently from the shipped one.
    case differentFunctions(unit: String, functions: [String])
    /// A unit's call frame information is not as it must be.
    case malformedCallFrames(unit: String, offset: UInt64)
    /// The units of the fix are in no one target together.
    case noCommonTarget(units: [String])
    /// A unit so small that it may be in any of several targets.
    case unclearTarget(unit: String, targets: [String])
    /// The package ships no file of this name, or several.
    case noSuchTarget(name: String, targets: [String])
    /// The fix changes several targets, and there is room for one patch.
    case severalTargets([String])
    /// The fix changes no machine code and no data.
    case noChange(units: [String])
    /// The safety review found what a person must decide about: the findings that block.
    case blocked([Finding])
    /// A waiver names a finding that is not there, or that does not block.
    case needlessWaiver(rule: Finding.Rule, symbol: String?)
    /// A waiver names a rule whose findings cannot be waived.
    case impossibleWaiver(rule: Finding.Rule)
    /// The fix changes only data, and every change of it is waived.
    case nothingToReplace(units: [String])
    /// A static variable that cannot be told from others of its name.
    case ambiguousVariable(unit: String, symbol: String)
    /// Something that a patch cannot carry differs.
    case unsupportedChange(unit: String, section: String, kind: UnsupportedContent)
    /// Changed code refers to something that a patch cannot carry.
    case unsupportedReference(unit: String, function: String, section: String, kind: UnsupportedContent)
    /// A variable that changed code needs and whose address no field of the shipped file tells.
    case unlocatedDatum(unit: String, symbol: String, function: String)
    /// A symbol that changed code needs and that the target neither defines nor imports.
    case unresolvedSymbol(unit: String, symbol: String, function: String, SymbolDoubt)
    /// Symbols for which the source is to be searched first.
    case unsearchedSymbols([String])
    /// A thread-local variable that only the fixed source has.
    case newThreadLocal(unit: String, symbol: String, function: String)
    /// A thread-local variable that the target reaches in another way than changed code does.
    case unreachableThreadLocal(unit: String, symbol: String, function: String)
    /// A hook that is no function of the patch.
    case hookOutsidePatch(unit: String, hook: String, moment: Manifest.Hook.Moment)
    /// C++ code without unwind tables, through which exceptions must be able to pass.
    case exceptionsPass(unit: String, function: String)
    /// The target has an unwinder of its own, and nothing tells how to give it tables.
    case privateUnwinder(target: String)
    /// A function that several units have a copy of, and nothing tells which one the target kept.
    case unlocatedFunction(unit: String, function: String)
    /// A function that is shorter than the jump.
    case functionTooShort(unit: String, function: String, size: UInt64, needed: UInt64)
    /// Assembler source with something that a patch cannot be sure of.
    case assembler(unit: String, section: String, offset: UInt64, AssemblerProblem)
    /// The code cannot be shown to people.
    case disassembly(DisassemblyError)
    /// The finished artefact breaks a rule.
    case artefact(ArtefactError)
}
