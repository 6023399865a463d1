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
    /// Its length in memory.
    var size: UInt64
    /// Its place in the image, once laid out.
    var offset: UInt64 = 0
}
