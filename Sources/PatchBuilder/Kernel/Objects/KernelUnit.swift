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
    /// The instructions of the code.
    private let code: CodeMap

    /// Divides an object file.
    ///
    /// - Throws: ``KernelRefusal`` if it is damaged, or has what is not known here.
    init(name: String, bytes: [UInt8], sizes: RecordSizes = RecordSizes()) throws(KernelRefusal) {
        self.name = name
        do throws(ELFError) {
            object = try ObjectFile(parsing: bytes)
            var relocations: [[Relocation]] = []
            for section in object.sections {
                let isLoaded = section.flags.contains(.allocate) || Self.note(section, of: object) != nil
                relocations.append(
                    isLoaded ? try object.relocations(of: section.index).sorted { $0.offset < $1.offset } : [])
            }
            self.relocations = relocations
        } catch {
            throw .malformedObject(unit: name, error)
        }
        guard object.header.type == .relocatable else { throw .notRelocatable(unit: name) }
        for section in object.sections where section.flags.contains(.allocate) {
            guard section.alignment <= Self.largestAlignment, section.size <= Self.largestSection else {
                throw .unusualSection(
                    unit: name, section: section.name, size: section.size, alignment: section.alignment)
            }
        }
        roles = object.sections.map { [object] section in
            Self.note(section, of: object).map(KernelSectionRole.special) ?? KernelSectionRole(section)
        }
        (pieces, piecesOfSection) = Self.divide(object, roles: roles, relocations: relocations)
        code = CodeMap(
            of: object, pieces: pieces, piecesOfSection, roles: roles, relocations: relocations)
        records = try SpecialRecord.all(of: self, sizes: sizes)
        recordsOfPiece = Array(repeating: [], count: pieces.count)
        for (position, record) in records.enumerated() { recordsOfPiece[record.piece].append(position) }
    }

    /// What a section says to the kernel's own tool, unless that has read it already: then the unit has its unwind table.
    private static func note(_ section: Section, of object: ObjectFile) -> SpecialSection? {
        guard section.name.hasPrefix(".discard."), object.section(named: ".orc_unwind") == nil else { return nil }
        return SpecialSection(named: section.name, among: SpecialSection.notes)
    }

    /// Twice the stack of a task, to which the first task's is aligned.
    private static let largestAlignment: UInt64 = 1 << 16
    /// What a kernel's modules may have in all: an offset fits into 31 bits.
    private static let largestSection: UInt64 = 1 << 31

    func section(_ index: SectionIndex) -> Section { object.sections[index.rawValue] }

    func role(_ index: SectionIndex) -> KernelSectionRole {
        roles.indices.contains(index.rawValue) ? roles[index.rawValue] : .ignored
    }

    /// The name of a piece as messages give it.
    func title(of piece: Int) -> String {
        let piece = pieces[piece]
        return piece.name ?? "\(section(piece.section).name)+0x\(String(piece.range.lowerBound, radix: 16))"
    }

    /// The name of the section that a piece is in.
    func sectionName(of piece: Int) -> String { section(pieces[piece].section).name }

    /// The piece that holds a place of a section; one that ends there if nothing else does.
    func piece(in index: SectionIndex, at offset: UInt64) -> Int? {
        guard piecesOfSection.indices.contains(index.rawValue) else { return nil }
        let candidates = piecesOfSection[index.rawValue]
        if candidates.count == 1 { return candidates[0] }
        if let exact = candidates.first(where: { pieces[$0].range.contains(offset) }) { return exact }
        return candidates.last { pieces[$0].range.upperBound == offset }
    }

    /// The pieces of a section.
    func pieces(of index: SectionIndex) -> [Int] { piecesOfSection[index.rawValue] }

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
        code.fieldEnds[index.rawValue][offset]
    }

    /// The branches of a range that lead to other pieces of its section, which the assembler has resolved already.
    func resolvedBranches(in index: SectionIndex, _ range: Range<UInt64>) -> [CodeMap.Branch] {
        let branches = code.branches[index.rawValue]
        return branches.isEmpty ? [] : branches.filter { range.contains($0.field) }
    }

    /// Whether the piece cannot be taken out of its section: where its branches lead cannot be written elsewhere.
    func isEntangled(_ piece: Int) -> Bool { code.entangled.contains(piece) }

    /// The name of the source file that the compiler has put into the object.
    var sourceFileName: String? { object.symbols.first { $0.kind == .file && !$0.name.isEmpty }?.name }
}

extension Range<UInt64> {
    /// The number of bytes, or the most that can be had in memory.
    var length: Int { Int(clamping: upperBound - lowerBound) }
}
