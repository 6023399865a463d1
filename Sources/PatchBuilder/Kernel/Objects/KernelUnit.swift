// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A compiled unit of the kernel, divided into functions and data.
struct KernelUnit {
    /// What messages call it.
    let name: String
    /// The object file.
    let object: ObjectFile
    /// What each section is.
    let roles: [KernelSectionRole]
    /// The relocations of each loaded section, by offset.
    let relocations: [[Relocation]]
    /// The functions and data, by section and place.
    let pieces: [KernelPiece]
    /// The records about places in code.
    private(set) var records: [SpecialRecord] = []
    /// For each piece, the records that belong to it, by position in `records`.
    private(set) var recordsOfPiece: [[Int]] = []

    /// For each section, its pieces by position in `pieces`.
    private let piecesOfSection: [[Int]]
    /// For each section with code, where the instruction around a field ends.
    private let fieldEnds: [[UInt64: UInt64]]

    /// Divides an object file.
    ///
    /// - Throws: ``KernelRefusal`` if it is damaged, or has what is not known here.
    init(name: String, bytes: [UInt8], sizes: RecordSizes = RecordSizes()) throws(KernelRefusal) {
        self.name = name
        do throws(ELFError) {
            object = try ObjectFile(parsing: bytes)
            var relocations: [[Relocation]] = []
            for section in object.sections {
                let isLoaded = section.flags.contains(.allocate)
                relocations.append(
                    isLoaded ? try object.relocations(of: section.index).sorted { $0.offset < $1.offset } : [])
            }
            self.relocations = relocations
        } catch {
            throw .malformedObject(unit: name, error)
        }
        guard object.header.type == .relocatable else { throw .notRelocatable(unit: name) }
        roles = object.sections.map(KernelSectionRole.init)
        (pieces, piecesOfSection) = Self.divide(object, roles: roles)
        fieldEnds = Self.fieldEnds(object, roles: roles, relocations: relocations, pieces: pieces, piecesOfSection)
        records = try SpecialRecord.all(of: self, sizes: sizes)
        recordsOfPiece = Array(repeating: [], count: pieces.count)
        for (position, record) in records.enumerated() { recordsOfPiece[record.piece].append(position) }
    }

    func section(_ index: SectionIndex) -> Section { object.sections[index.rawValue] }

    func role(_ index: SectionIndex) -> KernelSectionRole {
        roles.indices.contains(index.rawValue) ? roles[index.rawValue] : .ignored
    }

    /// The name of a piece as messages give it.
    func title(of piece: Int) -> String {
        let piece = pieces[piece]
        return piece.name ?? "\(section(piece.section).name)+0x\(String(piece.range.lowerBound, radix: 16))"
    }

    /// The piece that holds a place of a section; one that ends there if nothing else does.
    func piece(in index: SectionIndex, at offset: UInt64) -> Int? {
        guard piecesOfSection.indices.contains(index.rawValue) else { return nil }
        let candidates = piecesOfSection[index.rawValue]
        if candidates.count == 1 { return candidates[0] }
        if let exact = candidates.first(where: { pieces[$0].range.contains(offset) }) { return exact }
        return candidates.last { pieces[$0].range.upperBound == offset }
    }

    /// The relocations within a range of a section.
    func relocations(in index: SectionIndex, _ range: Range<UInt64>) -> ArraySlice<Relocation> {
        let all = relocations[index.rawValue]
        func first(notBelow offset: UInt64) -> Int {
            var low = 0
            var high = all.count
            while low < high {
                let middle = (low + high) / 2
                if all[middle].offset < offset { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let start = first(notBelow: range.lowerBound)
        return all[start..<max(start, first(notBelow: range.upperBound))]
    }

    /// Where the instruction ends that has a field at an offset of a section; nil if that is not known.
    func instructionEnd(around offset: UInt64, in index: SectionIndex) -> UInt64? {
        fieldEnds[index.rawValue][offset]
    }

    /// The name of the source file that the compiler has put into the object.
    var sourceFileName: String? { object.symbols.first { $0.kind == .file && !$0.name.isEmpty }?.name }

    private static func fieldEnds(
        _ object: ObjectFile, roles: [KernelSectionRole], relocations: [[Relocation]], pieces: [KernelPiece],
        _ piecesOfSection: [[Int]]
    ) -> [[UInt64: UInt64]] {
        object.sections.map { section in
            guard section.flags.contains(.execute), !relocations[section.index.rawValue].isEmpty else { return [:] }
            let ranges =
                roles[section.index.rawValue] == .code
                ? piecesOfSection[section.index.rawValue].map { pieces[$0].range } : [0..<section.size]
            var ends: [UInt64: UInt64] = [:]
            let fields = relocations[section.index.rawValue].map(\.offset)
            for range in ranges {
                guard let count = Int(exactly: range.upperBound - range.lowerBound),
                    let code = section.bytes(at: range.lowerBound, count: count),
                    let instructions = EncodedInstruction.all(in: Array(code))
                else { continue }
                var next = fields.firstIndex { $0 >= range.lowerBound } ?? fields.count
                for instruction in instructions {
                    let end = range.lowerBound + UInt64(instruction.end)
                    while next < fields.count, fields[next] < end {
                        ends[fields[next]] = end
                        next += 1
                    }
                }
            }
            return ends
        }
    }
}
