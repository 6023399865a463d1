// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Finds out what of a patch's memory a process may keep the addresses of once the patch is gone.
///
/// Code that calls, jumps or reads keeps nothing. An address that is loaded or lies in data may be stored or passed on.
struct HeldMemory {
    private let chunks: [ChunkID: Chunk]

    /// Prepares for a patch.
    init(of chunks: [Chunk]) {
        self.chunks = Dictionary(uniqueKeysWithValues: chunks.map { ($0.id, $0) })
    }

    /// Functions that note where they return to in a form that nobody else can read, as glibc's `setjmp` does.
    private static let concealing: Set = [
        "setjmp", "_setjmp", "sigsetjmp", "__sigsetjmp", "__sigsetjmp_cancel",
    ]

    /// The kinds of memory that some reference hands the address of out, in order; nil if the process may keep an address
    /// where no search finds it.
    func kinds(_ references: [LinkReference]) -> [Manifest.HeldMemory]? {
        var kinds: Set<Manifest.HeldMemory> = []
        for reference in references {
            if Self.concealing.contains(reference.symbol) { return nil }
            guard case .patch(let id, _) = reference.destination, let chunk = chunks[id], handsOut(reference) else {
                continue
            }
            switch chunk.protection {
            case .text: kinds.insert(.code)
            case .readOnlyData, .unwindTables: kinds.insert(.constants)
            case .data: kinds.insert(.variables)
            }
        }
        return kinds.sorted { $0.rawValue < $1.rawValue }
    }

    private func handsOut(_ reference: LinkReference) -> Bool {
        guard reference.shape.meaning == .relative else { return true }
        guard let holder = chunks[reference.holder] else { return true }
        // A distance between code and a table is no address.
        guard holder.protection == .text else { return false }
        guard let field = Int(exactly: reference.relocation.offset), field >= 2, field < holder.contents.count else {
            return true
        }
        // A distance in code belongs to a branch, or to an operand in memory, which only `lea` does not access.
        return holder.contents[field - 2] == 0x8d && holder.contents[field - 1] & 0xc7 == 0x05
    }
}
