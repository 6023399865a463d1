// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Where every chunk lies in the image, and the calls and slots that the linker adds.
struct PatchLayout {
    /// The chunks with their offsets.
    private(set) var chunks: [Chunk]
    /// The image offset of each chunk.
    private(set) var offsets: [ChunkID: UInt64] = [:]
    /// The image offset of the jump through each imported function's slot.
    private(set) var jumps: [JumpSlot: UInt64] = [:]
    /// The image offset of each slot that the patch has of its own.
    private(set) var ownSlots: [SlotKey: UInt64] = [:]
    /// The parts' lengths: what is stored, and what is in memory.
    private(set) var extents: [Image.Protection: (offset: UInt64, stored: UInt64, memory: UInt64)] = [:]

    /// `jmp *slot(%rip)`, padded to 8 bytes.
    static let jumpSize: UInt64 = 8
    /// The zeros that end unwind tables: a length of 0, padded.
    private static let terminatorSize: UInt64 = 8
    /// The size of an address.
    static let slotSize: UInt64 = 8

    /// Lays out chunks, jumps and slots.
    init(chunks: [Chunk], jumps: [JumpSlot], slots: [SlotKey]) {
        self.chunks = chunks
        var end: UInt64 = 0
        for protection in Image.Protection.allCases {
            let start = Image.roundedToPage(end)
            var cursor = start
            place(protection, stored: true, at: &cursor)
            switch protection {
            case .text: place(jumps, into: \.jumps, size: Self.jumpSize, at: &cursor)
            case .readOnlyData: place(slots, into: \.ownSlots, size: Self.slotSize, at: &cursor)
            case .unwindTables: cursor += cursor > start ? Self.terminatorSize : 0
            case .data: break
            }
            let stored = cursor - start
            place(protection, stored: false, at: &cursor)
            guard cursor > start else { continue }
            extents[protection] = (start, stored, cursor - start)
            end = cursor
        }
    }

    /// Places the chunks of a part: those that have bytes, or those that are zero.
    private mutating func place(_ protection: Image.Protection, stored: Bool, at cursor: inout UInt64) {
        for position in chunks.indices
        where chunks[position].protection == protection && chunks[position].contents.isEmpty != stored {
            cursor = aligned(cursor, to: chunks[position].alignment)
            chunks[position].offset = cursor
            offsets[chunks[position].id] = cursor
            cursor += chunks[position].size
        }
    }

    private mutating func place<Key: Hashable>(
        _ keys: [Key], into places: WritableKeyPath<Self, [Key: UInt64]>, size: UInt64, at cursor: inout UInt64
    ) {
        for key in keys {
            cursor = aligned(cursor, to: size)
            self[keyPath: places][key] = cursor
            cursor += size
        }
    }

    private func aligned(_ value: UInt64, to alignment: UInt64) -> UInt64 {
        (value + alignment - 1) / alignment * alignment
    }
}

/// What a slot of the patch's own holds the address of.
enum SlotKey: Hashable {
    /// A place in the target.
    case target(TargetAddress)
    /// A chunk of the patch.
    case chunk(ChunkID)
    /// A symbol of another library.
    case process(ImportedSymbol)
}

/// The slot through which a jump of the patch goes.
enum JumpSlot: Hashable {
    /// A slot of the target's global offset table.
    case target(TargetAddress)
    /// A slot of the patch's own.
    case own(SlotKey)
}
