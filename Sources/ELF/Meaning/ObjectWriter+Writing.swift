// SPDX-License-Identifier: Apache-2.0

extension ObjectWriter {
    /// The finished file.
    ///
    /// - Returns: the file's bytes.
    /// - Throws: `ELFError` if something refers to what was not added, or does not fit into the format.
    package func write() throws(ELFError) -> [UInt8] {
        var output = try outputSections()
        let (segments, end) = try layOut(&output)
        let sectionHeaders = end.roundedUp(toMultipleOf: 8)
        var header = fileHeader
        header.e_shoff = sectionHeaders
        recordCounts(sections: output.count, in: &header, &output[0].header)

        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(sectionHeaders) + output.count * MemoryLayout<Elf64_Shdr>.size)
        bytes.append(header)
        for segment in segments { bytes.append(segment) }
        for section in output where !section.contents.isEmpty {
            bytes.pad(to: section.header.sh_offset)
            bytes.append(contentsOf: section.contents)
        }
        bytes.pad(to: sectionHeaders)
        for section in output { bytes.append(section.header) }
        return bytes
    }

    /// The file header without what the layout decides.
    private var fileHeader: Elf64_Ehdr {
        var identification = InlineArray<16, UInt8>(repeating: 0)
        for (position, byte) in [0x7f, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F")].enumerated() {
            identification[position] = byte
        }
        identification[EI_CLASS] = ELFCLASS64
        identification[EI_DATA] = ELFDATA2LSB
        identification[EI_VERSION] = EV_CURRENT
        return Elf64_Ehdr(
            e_ident: identification, e_type: type.rawValue, e_machine: machine.rawValue,
            e_version: UInt32(EV_CURRENT), e_entry: entry,
            e_phoff: segments.isEmpty ? 0 : UInt64(MemoryLayout<Elf64_Ehdr>.size), e_shoff: 0, e_flags: 0,
            e_ehsize: UInt16(MemoryLayout<Elf64_Ehdr>.size),
            e_phentsize: segments.isEmpty ? 0 : UInt16(MemoryLayout<Elf64_Phdr>.size), e_phnum: 0,
            e_shentsize: UInt16(MemoryLayout<Elf64_Shdr>.size), e_shnum: 0, e_shstrndx: 0)
    }

    /// Writes the numbers of headers, into the null section where they do not fit (gABI, extended numbering).
    private func recordCounts(sections: Int, in header: inout Elf64_Ehdr, _ null: inout Elf64_Shdr) {
        if sections < SHN_LORESERVE {
            header.e_shnum = UInt16(sections)
        } else {
            null.sh_size = UInt64(sections)
        }
        // The names are in the last section.
        if sections - 1 < SHN_LORESERVE {
            header.e_shstrndx = UInt16(sections - 1)
        } else {
            header.e_shstrndx = SHN_XINDEX
            null.sh_link = UInt32(sections - 1)
        }
        if segments.count < PN_XNUM {
            header.e_phnum = UInt16(segments.count)
        } else {
            header.e_phnum = PN_XNUM
            null.sh_info = UInt32(segments.count)
        }
    }
}

extension Array<UInt8> {
    /// Adds zero bytes up to a file offset.
    fileprivate mutating func pad(to offset: UInt64) {
        append(contentsOf: repeatElement(0, count: Int(offset) - count))
    }
}
