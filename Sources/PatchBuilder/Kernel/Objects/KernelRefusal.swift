// SPDX-License-Identifier: Apache-2.0

package import ELF
package import LivePatch

/// Why no live patch of a kernel is made.
package enum KernelRefusal: Error, Hashable, Sendable {
    /// An object file is damaged.
    case malformedObject(unit: String, ELFError)
    /// A file is no object that a compiler wrote.
    case notRelocatable(unit: String)
    /// A section is larger, or more strictly aligned, than anything that a kernel's compiler makes.
    case unusualSection(unit: String, section: String, size: UInt64, alignment: UInt64)
    /// A relocation is of a kind that is unknown here.
    case unsupportedRelocation(unit: String, section: String, offset: UInt64, type: String)
    /// A field refers to what cannot be carried into a live patch.
    case unsupportedSymbol(unit: String, symbol: String, section: String, offset: UInt64)
    /// A special section does not consist of records of the size that is believed.
    case unevenSection(unit: String, section: String, size: UInt64, record: Int)
    /// A record of a special section does not tell what code it is about.
    case ownerlessRecord(unit: String, section: String, offset: UInt64)
    /// What the fix does cannot be done to a running kernel.
    case obstacles([KernelObstacle])
    /// The fix changes nothing in this kernel.
    case noChange(units: [String])
    /// The fix brings hooks or new functions, and replaces nothing.
    case nothingReplaced(units: [String])
    /// The list of symbols cannot be read.
    case malformedSymbols(line: Int, text: String)
    /// The list of exported symbols cannot be read.
    case malformedExports(line: Int, text: String)
    /// Which of several symbols of one name is meant cannot be told.
    case ambiguousSymbol(unit: String, symbol: String, parent: String, count: Int)
    /// A symbol that the new code needs is nowhere.
    case unknownSymbol(unit: String, symbol: String, function: String, parent: String)
    /// The patch would not fit into the format.
    case unwritable(ELFError)
    /// The module that the kernel's build made is not as it must be.
    case malformedModule(reason: String)
    /// The kernel's build tells something else than the shipped files.
    case unfaithful(unit: String, facts: [String])
    /// The kernel's build, with the tools that are there, does not take the kernel's configuration as it is.
    case otherConfiguration(options: [String])
    /// The unit is not part of this kernel.
    case notInKernel(units: [String], kernel: String)
    /// A unit, or one of several, does not compile in the kernel's configuration, even without the fix.
    case notConfigured(units: [String], lastLines: [String])
    /// The unit is part of several modules, each of which would need a patch of its own.
    case severalParts(unit: String, parts: [String])
    /// The safety review cannot read a unit.
    case unreviewable(unit: String, reason: String)
    /// A waiver names a rule whose findings cannot be waived.
    case impossibleWaiver(rule: Finding.Rule)
    /// A fix changes what too much of the kernel uses.
    case farReachingHeader(names: [String], units: Int, limit: Int)
    /// A live patch is for processes.
    case notForKernel
    /// A file of the kernel's packages is missing or not as it must be.
    case malformedKernel(file: String, reason: String)
}
