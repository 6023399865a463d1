// SPDX-License-Identifier: Apache-2.0

extension ObjectWriter {
    /// Files beyond this size are not written: only a mistake in an address asks for them.
    private static let largestFile: UInt64 = 1 << 32

    /// Gives every section its file offset and every segment its place.
    ///
    /// - Parameter output: all sections; the offsets are set.
    /// - Returns: the program headers, and the end of the last section's contents.
    /// - Throws: `ELFError` if a segment's sections cannot be placed as their addresses demand.
    func layOut(_ output: inout [OutputSection]) throws(ELFError) -> (segments: [Elf64_Phdr], end: UInt64) {
        var end = UInt64(MemoryLayout<Elf64_Ehdr>.size + segments.count * MemoryLayout<Elf64_Phdr>.size)
        let loads = try segmentOfSection()
        for index in output.indices.dropFirst() {
            let offset: UInt64
            if let segment = loads[index] {
                offset = try self.offset(of: index, inSegment: segment, output, from: end)
            } else {
                offset = end.roundedUp(toMultipleOf: max(1, output[index].header.sh_addralign))
            }
            guard offset <= Self.largestFile else {
                throw .tooLarge(.section(SectionIndex(rawValue: index), name: output[index].name), size: offset)
            }
            output[index].header.sh_offset = offset
            end = offset + UInt64(output[index].contents.count)
        }
        var headers: [Elf64_Phdr] = []
        for segment in segments { headers.append(programHeader(segment, output)) }
        return (headers, end)
    }

    /// For each section in a segment of type `load`, that segment's position.
    private func segmentOfSection() throws(ELFError) -> [Int: Int] {
        var result: [Int: Int] = [:]
        for (position, segment) in segments.enumerated() {
            for section in segment.sections {
                let index = try checked(section)
                if segment.type == .load { result[index] = position }
            }
        }
        return result
    }

    /// The file offset that a section's address demands.
    private func offset(
        of index: Int, inSegment position: Int, _ output: [OutputSection], from end: UInt64
    ) throws(ELFError) -> UInt64 {
        let segment = segments[position]
        let section = output[index].header
        let unordered = ELFError.unorderedSegment(index: position, section: output[index].name)
        guard let first = segment.sections.first, segment.alignment > 0,
            segment.alignment & (segment.alignment - 1) == 0
        else { throw .invalidAlignment(section: output[index].name, alignment: segment.alignment) }
        if first.rawValue == index {
            let distance = (section.sh_addr &- end) & (segment.alignment - 1)
            guard !segment.includesFileHeader || section.sh_addr >= end + distance else { throw unordered }
            return end + distance
        }
        // Those before it in the segment must be before it in the file, with all their contents.
        guard let place = segment.sections.firstIndex(where: { $0.rawValue == index }) else { throw unordered }
        let previous = output[segment.sections[place - 1].rawValue].header
        let start = output[first.rawValue].header
        guard segment.sections[place - 1].rawValue < index,
            section.sh_addr >= previous.sh_addr, section.sh_addr - previous.sh_addr >= previous.sh_size,
            previous.sh_type != SHT_NOBITS || section.sh_type == SHT_NOBITS
        else { throw unordered }
        if section.sh_type == SHT_NOBITS { return end }
        let (offset, overflow) = start.sh_offset.addingReportingOverflow(section.sh_addr - start.sh_addr)
        guard !overflow, offset >= end else { throw unordered }
        return offset
    }

    /// The program header of a segment whose sections have their offsets.
    private func programHeader(_ segment: SegmentDraft, _ output: [OutputSection]) -> Elf64_Phdr {
        var header = Elf64_Phdr(
            p_type: segment.type.rawValue, p_flags: segment.flags.rawValue, p_offset: 0, p_vaddr: 0, p_paddr: 0,
            p_filesz: 0, p_memsz: 0, p_align: segment.alignment)
        guard let first = segment.sections.first, let last = segment.sections.last else { return header }
        let start = output[first.rawValue].header
        let end = output[last.rawValue].header
        header.p_offset = segment.includesFileHeader ? 0 : start.sh_offset
        header.p_vaddr = segment.includesFileHeader ? start.sh_addr &- start.sh_offset : start.sh_addr
        header.p_paddr = header.p_vaddr
        header.p_memsz = (end.sh_addr &- header.p_vaddr) &+ end.sh_size
        if let contents = segment.sections.last(where: { output[$0.rawValue].header.sh_type != SHT_NOBITS }) {
            let last = output[contents.rawValue].header
            header.p_filesz = (last.sh_offset &- header.p_offset) &+ last.sh_size
        }
        return header
    }
}

extension UInt64 {
    /// The next multiple of a power of two; as it is if that is more than 64 bits can say.
    func roundedUp(toMultipleOf alignment: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(alignment - 1)
        return overflow ? self : sum & ~(alignment - 1)
    }
}
