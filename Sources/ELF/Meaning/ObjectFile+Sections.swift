// SPDX-License-Identifier: Apache-2.0

extension ELFImage {
    /// All sections; contents are slices of the file's bytes.
    func allSections(of file: [UInt8]) throws(ELFError) -> [Section] {
        var result: [Section] = []
        result.reserveCapacity(sections.count)
        var budget = Budget.texts(ofFileOfSize: bytes.byteCount, in: .sectionHeaders)
        for position in sections.indices {
            let index = SectionIndex(rawValue: position)
            let header = sections[index]
            let name = try sections.name(of: index)
            try budget.spend(name.utf8.count)
            let size = try sections.contents(of: index).byteCount
            // With contents, `contents(of:)` has just checked that they are within the file.
            let start = size > 0 ? Int(header.sh_offset) : 0
            result.append(
                Section(
                    index: index,
                    name: name,
                    type: SectionType(rawValue: header.sh_type),
                    flags: SectionFlags(rawValue: header.sh_flags),
                    address: header.sh_addr,
                    fileOffset: header.sh_offset,
                    size: header.sh_size,
                    contents: file[start..<start + size],
                    alignment: header.sh_addralign,
                    entrySize: header.sh_entsize,
                    link: SectionIndex(rawValue: Int(header.sh_link)),
                    info: header.sh_info))
        }
        return result
    }

    /// The build ID: from the note sections, or from the note segments of a file without sections.
    func buildID() -> BuildID? {
        for position in sections.indices {
            let index = SectionIndex(rawValue: position)
            let header = sections[index]
            guard header.sh_type == SHT_NOTE, let notes = try? sections.contents(of: index) else { continue }
            if let identity = BuildID(notes: notes, alignment: header.sh_addralign) { return identity }
        }
        for index in programHeaders.indices where programHeaders[index].p_type == PT_NOTE {
            let header = programHeaders[index]
            guard let notes = try? bytes.part(at: header.p_offset, size: header.p_filesz, as: .segment(index)) else {
                continue
            }
            if let identity = BuildID(notes: notes, alignment: header.p_align) { return identity }
        }
        return nil
    }

    /// The names of the libraries that a file asks for.
    func neededLibraries(_ dynamic: borrowing DynamicTable) throws(ELFError) -> [String] {
        var names: [String] = []
        var budget = Budget.texts(ofFileOfSize: bytes.byteCount, in: .dynamic(DynamicTag(rawValue: DT_NEEDED)))
        for index in dynamic.records.indices {
            let record = dynamic.records[index]
            guard record.d_tag != DT_NULL else { break }
            guard record.d_tag == DT_NEEDED else { continue }
            let name = try dynamicStringTable(dynamic).text(at: record.d_un)
            try budget.spend(name.utf8.count)
            names.append(name)
        }
        return names
    }

    /// The name by which programs ask for a library.
    func sharedObjectName(_ dynamic: borrowing DynamicTable) throws(ELFError) -> String? {
        guard let offset = dynamic[DT_SONAME] else { return nil }
        return try dynamicStringTable(dynamic).text(at: offset)
    }
}
