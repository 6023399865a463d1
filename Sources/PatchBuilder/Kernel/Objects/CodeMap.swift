// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What the instructions of a unit tell about its fields and branches.
struct CodeMap {
    /// A branch to another piece of the same section, for which there is no relocation.
    struct Branch: Hashable {
        /// Where the field with the distance lies in the section.
        var field: UInt64
        /// Where the branch leads in the section.
        var destination: UInt64
    }

    /// For each section, where the instruction around a relocated field ends.
    private(set) var fieldEnds: [[UInt64: UInt64]]
    /// For each section, the branches that the assembler has resolved.
    private(set) var branches: [[Branch]]
    /// The pieces whose branches are too short to lead elsewhere, or whose instructions are unknown among others.
    private(set) var entangled: Set<Int> = []

    init(
        of object: ObjectFile, pieces: [KernelPiece], _ piecesOfSection: [[Int]], roles: [KernelSectionRole],
        relocations: [[Relocation]]
    ) {
        fieldEnds = Array(repeating: [:], count: object.sections.count)
        branches = Array(repeating: [], count: object.sections.count)
        for section in object.sections where section.flags.contains(.execute) {
            let number = section.index.rawValue
            let fields = relocations[number].map(\.offset)
            guard roles[number] == .code || roles[number] == .fragments else {
                read(section, 0..<section.size, fields, piece: nil)
                continue
            }
            let isShared = piecesOfSection[number].count > 1
            for piece in piecesOfSection[number] {
                read(section, pieces[piece].range, fields, piece: isShared ? piece : nil)
            }
        }
    }

    /// Reads the instructions of a range.
    ///
    /// - Parameters:
    ///   - section: the section.
    ///   - range: the range.
    ///   - fields: where relocated fields are in the section.
    ///   - piece: the piece, if there are others in the section.
    private mutating func read(_ section: Section, _ range: Range<UInt64>, _ fields: [UInt64], piece: Int?) {
        guard let slice = section.bytes(at: range.lowerBound, count: range.length) else { return }
        let bytes = Array(slice)
        var next = fields.firstIndex { $0 >= range.lowerBound } ?? fields.count
        var offset = 0
        while offset < bytes.count {
            guard let instruction = EncodedInstruction(at: offset, of: bytes) else {
                // include/asm/bug.h, include/asm/refcount.h: UD0 without operands, which ends what is put aside.
                if bytes.count - offset >= 2, bytes[offset] == 0x0f, bytes[offset + 1] == 0xff {
                    offset += 2
                    continue
                }
                if let piece { entangled.insert(piece) }
                return
            }
            let end = range.lowerBound + UInt64(instruction.end)
            var isRelocated = false
            while next < fields.count, fields[next] < end {
                fieldEnds[section.index.rawValue][fields[next]] = end
                isRelocated = true
                next += 1
            }
            if let piece, !isRelocated { note(instruction, of: bytes, range, section, piece) }
            offset = instruction.end
        }
    }

    private mutating func note(
        _ instruction: EncodedInstruction, of bytes: [UInt8], _ range: Range<UInt64>, _ section: Section, _ piece: Int
    ) {
        guard let destination = instruction.destination(in: bytes), !bytes.indices.contains(destination) else { return }
        let place = Int64(bitPattern: range.lowerBound) + Int64(destination)
        guard instruction.distanceWidth == 4, place >= 0, UInt64(place) < section.size else {
            entangled.insert(piece)
            return
        }
        branches[section.index.rawValue].append(
            Branch(field: range.lowerBound + UInt64(instruction.end - 4), destination: UInt64(place)))
    }
}
