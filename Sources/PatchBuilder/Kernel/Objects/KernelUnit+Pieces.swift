// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension KernelUnit {
    /// Divides the sections of an object by its symbols.
    static func divide(
        _ object: ObjectFile, roles: [KernelSectionRole], relocations: [[Relocation]]
    ) -> ([KernelPiece], [[Int]]) {
        var symbols: [[Symbol]] = Array(repeating: [], count: object.sections.count)
        for symbol in object.symbols where symbol.kind == .function || symbol.kind == .object {
            guard case .section(let index) = symbol.place, symbols.indices.contains(index.rawValue),
                symbol.value <= object.sections[index.rawValue].size
            else { continue }
            symbols[index.rawValue].append(symbol)
        }
        let cuts = FragmentCuts(of: object, roles: roles, relocations: relocations)
        var pieces: [KernelPiece] = []
        var ofSection: [[Int]] = Array(repeating: [], count: object.sections.count)
        for section in object.sections where roles[section.index.rawValue].hasPieces {
            let number = section.index.rawValue
            guard section.size > 0 || !symbols[number].isEmpty else { continue }
            let parts =
                roles[number] == .fragments
                ? cuts.ranges(of: section).map {
                    KernelPiece(section: section.index, range: $0, entry: $0.lowerBound, symbols: [], role: .fragments)
                }
                : divide(section, roles[number], by: symbols[number])
            ofSection[number] = Array(pieces.count..<pieces.count + parts.count)
            pieces += parts
        }
        return (pieces, ofSection)
    }

    private static func divide(_ section: Section, _ role: KernelSectionRole, by symbols: [Symbol]) -> [KernelPiece] {
        // Where a kernel has room in front of each function, a symbol names that room: it is the function's.
        let rooms = Dictionary(grouping: symbols.filter { $0.name.hasPrefix(roomPrefix) }) {
            String($0.name.dropFirst(roomPrefix.count))
        }
        let named = Dictionary(grouping: symbols.filter { !$0.name.hasPrefix(roomPrefix) }, by: \.value)
        func room(of symbols: [Symbol]) -> Symbol? {
            // A module has several functions of a name if its units have: the room in front of this one is the nearest.
            symbols.flatMap { function in (rooms[function.name] ?? []).filter { $0.value <= function.value } }
                .max { $0.value < $1.value }
        }
        func piece(_ range: Range<UInt64>, _ symbols: [Symbol]) -> KernelPiece {
            KernelPiece(
                section: section.index, range: range, entry: symbols.first?.value ?? range.lowerBound,
                symbols: symbols.sorted {
                    ($0.binding == .local ? 1 : 0, $0.name) < ($1.binding == .local ? 1 : 0, $1.name)
                },
                role: role, room: room(of: symbols))
        }
        // What a configuration leaves empty, such as a lock's class, has a place and no size.
        guard section.size > 0 || !named.isEmpty else { return [] }
        guard named.count > 1 else { return [piece(0..<section.size, named.first?.value ?? [])] }
        var pieces: [KernelPiece] = []
        var end: UInt64 = 0
        for (value, group) in named.sorted(by: { $0.key < $1.key }) {
            let start = room(of: group).map { min($0.value, value) } ?? value
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

    /// Whether a gap between symbols is more than padding.
    ///
    /// Code is padded with instructions that do nothing.
    private static func holdsSomething(_ section: Section, _ range: Range<UInt64>, _ role: KernelSectionRole) -> Bool {
        guard role != .code, let bytes = section.bytes(at: range.lowerBound, count: range.length) else {
            return false
        }
        return bytes.contains { $0 != 0 }
    }
}

/// Where code without names is referred to, and so begins.
private struct FragmentCuts {
    private var places: [SectionIndex: Set<UInt64>] = [:]

    init(of object: ObjectFile, roles: [KernelSectionRole], relocations: [[Relocation]]) {
        for section in object.sections {
            // A branch counts from its end, which is that of its field; records count from the field.
            let bias: Int64 = section.flags.contains(.execute) ? 4 : 0
            for relocation in relocations[section.index.rawValue] {
                guard object.symbols.indices.contains(relocation.symbol.rawValue),
                    case .section(let holder) = object.symbols[relocation.symbol.rawValue].place,
                    roles.indices.contains(holder.rawValue), roles[holder.rawValue] == .fragments,
                    FieldShape(relocation.type)?.meaning == .relative
                else { continue }
                let value = Int64(bitPattern: object.symbols[relocation.symbol.rawValue].value)
                places[holder, default: []].insert(UInt64(bitPattern: value &+ relocation.addend &+ bias))
            }
        }
    }

    /// The ranges of a section between those places, as far as one does not run into the next.
    func ranges(of section: Section) -> [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        var start: UInt64 = 0
        for place in (places[section.index] ?? []).sorted() where place > start && place < section.size {
            guard Self.isLeft(section, before: place, since: start) else { continue }
            ranges.append(start..<place)
            start = place
        }
        return ranges + [start..<section.size]
    }

    /// Whether control never passes a place: a jump or an invalid instruction is before it.
    private static func isLeft(_ section: Section, before end: UInt64, since start: UInt64) -> Bool {
        if end - start >= 5, section.bytes(at: end - 5, count: 1)?.first == 0xe9 { return true }
        guard end - start >= 2, let last = section.bytes(at: end - 2, count: 2), last.first == 0x0f else {
            return false
        }
        return last.last == 0x0b || last.last == 0xff || last.last == 0xb9
    }
}
