// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension KernelUnit {
    /// Whether a piece has no identity of its own, so that a copy of it does as well.
    func isCopied(_ piece: Int) -> Bool {
        let part = pieces[piece]
        if part.role == .fragments { return true }
        guard part.role.isData, !part.isGlobal else { return false }
        let section = section(part.section).name
        if KernelSectionRole.debugMessageSections.contains(section) { return true }
        guard let name = part.name else {
            return part.role == .constants || Self.namelessSections.contains(where: section.hasPrefix)
        }
        if part.role == .variables {
            return CompilerName.isPrivateState(name) || Self.onceSections.contains(section)
                || Self.namelessSections.contains(where: section.hasPrefix)
        }
        if CompilerName.isPrivateConstant(name) { return true }
        return CompilerName.isNumbered(name) && relocations(in: part.section, part.range).isEmpty
    }

    /// Constants that clang calls nothing, and what sanitizers say about places in code.
    private static let namelessSections = [".data..L__unnamed_", ".data.__unnamed_", ".data..Lubsan_"]
    /// include/linux/once_lite.h: whether something was said once.
    private static let onceSections: Set<String> = [".data.once", ".data..once"]

    /// What a copied piece is in both builds: what it holds, but for lines of source.
    func copyIdentity(
        of piece: Int, depth: Int = 0, identify: (Int) -> PieceReference.Target
    ) -> PieceReference.Target {
        let stem = pieces[piece].name.map(CompilerName.stem) ?? ""
        // What refers to itself in a circle is known well enough by what is read so far.
        guard depth < 4,
            var contents = try? contents(
                of: piece,
                identify: { other in
                    isCopied(other) ? copyIdentity(of: other, depth: depth + 1, identify: identify) : identify(other)
                })
        else { return .copy(stem, plainBytes(of: piece)) }
        let section = sectionName(of: piece)
        if KernelSectionRole.debugMessageSections.contains(section) {
            // include/linux/dynamic_debug.h: four pointers, then the line in the lowest 18 bits.
            contents.mask(32..<34)
            contents.mask(34..<35, keeping: 0xfc)
        } else if section.hasPrefix(".data..Lubsan_data") {
            // lib/ubsan.h: struct source_location is first: a pointer, the line and the column.
            contents.mask(8..<16)
        }
        return .part(stem, contents)
    }
}

extension PieceContents {
    /// Takes out what two builds need not share.
    fileprivate mutating func mask(_ range: Range<Int>, keeping bits: UInt8 = 0) {
        for position in range where bytes.indices.contains(position) { bytes[position] &= bits }
    }
}
