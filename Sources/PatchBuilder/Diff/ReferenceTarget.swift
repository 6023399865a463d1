// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What a reference means, so that references of two builds of a unit can be compared.
enum ReferenceTarget: Hashable {
    /// A symbol that other files see.
    case global(String)
    /// A function of the unit.
    case function(String, offset: UInt64)
    /// A constant by its bytes, since the linker merges equal ones.
    case constant([UInt8])
    /// A datum with a symbol of its own.
    case datum(DatumName, offset: UInt64)
    /// A section without symbols, such as a jump table, by its bytes and what it refers to.
    case table([UInt8], [UInt64: ReferenceKey], offset: UInt64)
    /// A section that a patch cannot carry, by its name; its contents are compared apart.
    case unsupported(String, offset: UInt64)
}

/// A reference with the way it is stored.
struct ReferenceKey: Hashable {
    /// The relocation type.
    var type: RelocationType
    /// What it means.
    var target: ReferenceTarget
    /// What the relocation adds.
    var addend: Int64
}
