// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Names a section of a fixed unit among all units of a patch.
struct ChunkID: Hashable {
    /// The unit's position.
    var unit: Int
    /// The section of its fixed object file.
    var section: SectionIndex
}

/// A section of a fixed unit that goes into the patch.
struct Chunk {
    /// Which section it is.
    var id: ChunkID
    /// The part of the image that holds it.
    var protection: Image.Protection
    /// Its alignment in bytes, a power of two.
    var alignment: UInt64
    /// Its bytes; empty for data that is zero.
    var contents: [UInt8]
    /// Its fields.
    var relocations: [Relocation]
    /// Its length in memory.
    var size: UInt64
    /// Fields with the distance to a slot of the target, beside its relocations.
    var slotFields: [SlotField] = []
    /// Its place in the image, once laid out.
    var offset: UInt64 = 0
}

/// A field with the distance to a slot of the target's, whatever the slot is for.
struct SlotField {
    /// The field's offset in its chunk.
    var offset: UInt64
    /// The slot.
    var slot: TargetAddress
    /// What the slot is for, for people.
    var symbol: String
}
