// SPDX-License-Identifier: Apache-2.0

/// Where a piece of the program is, as its debugging information says.
package enum DebugAddress: Hashable, Sendable {
    /// In a section of a relocatable file.
    case section(SectionIndex, offset: UInt64)
    /// At a symbol that is defined elsewhere, or relative to something that is no section.
    case symbol(SymbolIndex, addend: Int64)
    /// At a link-time virtual address.
    case absolute(UInt64)

    /// The address some bytes on; addresses wrap as the processor's do.
    package func advanced(by distance: UInt64) -> DebugAddress {
        switch self {
        case .section(let section, let offset): .section(section, offset: offset &+ distance)
        case .symbol(let symbol, let addend): .symbol(symbol, addend: addend &+ Int64(bitPattern: distance))
        case .absolute(let address): .absolute(address &+ distance)
        }
    }
}
