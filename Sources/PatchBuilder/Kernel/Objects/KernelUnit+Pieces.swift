// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension KernelUnit {
    /// Divides the sections of an object by its symbols.
    static func divide(_ object: ObjectFile, roles: [KernelSectionRole]) -> ([KernelPiece], [[Int]]) {
        var symbols: [[Symbol]] = Array(repeating: [], count: object.sections.count)
        for symbol in object.symbols where symbol.kind == .function || symbol.kind == .object {
            guard case .section(let index) = symbol.place, symbols.indices.contains(index.rawValue),
                symbol.value <= object.sections[index.rawValue].size
            else { continue }
            symbols[index.rawValue].append(symbol)
        }
        var pieces: [KernelPiece] = []
        var ofSection: [[Int]] = Array(repeating: [], count: object.sections.count)
        for section in object.sections where roles[section.index.rawValue].hasPieces {
            let parts = divide(section, roles[section.index.rawValue], by: symbols[section.index.rawValue])
            ofSection[section.index.rawValue] = Array(pieces.count..<pieces.count + parts.count)
            pieces += parts
        }
        return (pieces, ofSection)
    }

    private static func divide(_ section: Section, _ role: KernelSectionRole, by symbols: [Symbol]) -> [KernelPiece] {
        // Where a kernel has room in front of each function, a symbol names that room: it is the function's.
        let rooms = symbols.filter { $0.name.hasPrefix(roomPrefix) }
        let named = Dictionary(grouping: symbols.filter { !$0.name.hasPrefix(roomPrefix) }, by: \.value)
        func piece(_ range: Range<UInt64>, _ symbols: [Symbol]) -> KernelPiece {
            KernelPiece(
                section: section.index, range: range, entry: symbols.first?.value ?? range.lowerBound,
                symbols: symbols.sorted {
                    ($0.binding == .local ? 1 : 0, $0.name) < ($1.binding == .local ? 1 : 0, $1.name)
                },
                role: role)
        }
        // What a configuration leaves empty, such as a lock's class, has a place and no size.
        guard section.size > 0 || !named.isEmpty else { return [] }
        guard named.count > 1 else { return [piece(0..<section.size, named.first?.value ?? [])] }
        var pieces: [KernelPiece] = []
        var end: UInt64 = 0
        for (value, group) in named.sorted(by: { $0.key < $1.key }) {
            let room = rooms.first { room in group.contains { $0.name == room.name.dropFirst(roomPrefix.count) } }
            let start = room.map { min($0.value, value) } ?? value
            if start > end, holdsSomething(section, end..<start, role) { pieces.append(piece(end..<start, [])) }
            let size = group.map(\.size).max() ?? 0
            let (last, overflow) = value.addingReportingOverflow(size)
            end = max(value, min(overflow ? section.size : last, section.size))
            pieces.append(piece(max(start, min(end, pieces.last?.range.upperBound ?? 0))..<end, group))
        }
        if end < section.size, holdsSomething(section, end..<section.size, role) {
            pieces.append(piece(end..<section.size, []))
        }
        return pieces
    }

    private static let roomPrefix = "__pfx_"

    /// Whether a gap between symbols is more than padding. Code is padded with instructions that do nothing.
    private static func holdsSomething(_ section: Section, _ range: Range<UInt64>, _ role: KernelSectionRole) -> Bool {
        guard role != .code, let bytes = section.bytes(at: range.lowerBound, count: Int(range.count)) else {
            return false
        }
        return bytes.contains { $0 != 0 }
    }
}
