// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Names what a patch's image holds beside functions: data, texts, tables, and slots for them.
struct ImageNaming {
    /// The units of the patch.
    let units: [PatchUnit]
    /// Where everything lies.
    let layout: PatchLayout

    /// The names, by offset.
    func names() -> [ReviewDocument.Name] {
        let chunks = layout.chunks.filter { $0.protection != .text }.flatMap(names)
        let slots = layout.ownSlots.compactMap { key, offset -> ReviewDocument.Name? in
            guard case .chunk(let id) = key else { return nil }
            return .init(address: offset, kind: .slot, name: units[id.unit].diff.fixed.name(of: id.section))
        }
        return (chunks + slots).sorted { ($0.address, $0.name) < ($1.address, $1.name) }
    }

    private func names(in chunk: Chunk) -> [ReviewDocument.Name] {
        let unit = units[chunk.id.unit].diff.fixed
        let section = unit.section(chunk.id.section)
        if unit.isNamedData(chunk.id.section) {
            return unit.owners[chunk.id.section.rawValue].map {
                .init(address: chunk.offset &+ $0.value, kind: .datum, name: $0.name)
            }
        }
        guard section.flags.contains(.strings), section.entrySize == 1 else {
            return [.init(address: chunk.offset, kind: .table, name: section.name)]
        }
        var names: [ReviewDocument.Name] = []
        var start = 0
        for text in chunk.contents.split(separator: 0, omittingEmptySubsequences: false) {
            let shown = String(decoding: text.prefix(ReviewDocument.longestText), as: UTF8.self)
            names.append(.init(address: chunk.offset &+ UInt64(start), kind: .text, name: shown))
            start += text.count + 1
        }
        // What follows the last zero is no text.
        return names.dropLast()
    }
}
