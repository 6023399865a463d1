// SPDX-License-Identifier: Apache-2.0

/// An ELF file for x86-64, read completely and owned.
///
/// Everything that can be wrong with the file is found when it is made, except in relocations, which are read when they
/// are asked for. Section contents are slices of the file's bytes and cost no copy; a symbol costs about 100 bytes of
/// memory, so that tools that walk millions of symbols better use `ELFImage`.
package struct ObjectFile: Sendable {
    /// The whole file.
    package let bytes: [UInt8]
    /// What the file says about itself as a whole.
    package let header: FileHeader
    /// The sections; positions are section indices, and 0 is the null section.
    package let sections: [Section]
    /// The symbols for linkers and debuggers; positions are symbol indices, and 0 is the null symbol.
    package let symbols: [Symbol]
    /// The dynamic linker's symbols; positions are symbol indices, and 0 is the null symbol.
    package let dynamicSymbols: [Symbol]
    /// The segments.
    package let segments: [Segment]
    /// The build ID, if the linker gave the file one.
    package let buildID: BuildID?
    /// The compilers that took part, as they name themselves in `.comment`.
    package let compilers: [String]
    /// What the loader relocates when it loads the file; symbols are dynamic symbols.
    package let dynamicRelocations: [Relocation]
    /// Whether the library uses its own definitions, whatever the program defines (`-Bsymbolic`).
    package let isBoundSymbolically: Bool
    /// Whether the file is a program that can be loaded anywhere (PIE), as its linker has marked it.
    package let isPositionIndependentProgram: Bool
    /// The name by which programs ask for the library, such as `libssl.so.3`.
    package let sharedObjectName: String?
    /// The names of the libraries that the dynamic linker is to load with the file, in its order.
    package let neededLibraries: [String]
    /// For each section that is relocated, the sections that hold its relocations.
    let relocationSections: [SectionIndex: [SectionIndex]]

    /// Reads a file.
    ///
    /// - Parameter bytes: the whole file.
    /// - Throws: `ELFError` if it is not an x86-64 ELF file, or if it is damaged.
    package init(parsing bytes: consuming [UInt8]) throws(ELFError) {
        let bytes = bytes
        let image = try ELFImage(bytes.rawSpan)
        header = FileHeader(image.header)
        segments = image.programHeaders.indices.map { Segment(image.programHeaders[$0]) }
        sections = try image.allSections(of: bytes)
        symbols = try image.allSymbols(sectionCount: sections.count)
        dynamicSymbols = try image.allDynamicSymbols()
        dynamicRelocations = try image.allDynamicRelocations(symbolCount: dynamicSymbols.count)
        relocationSections = Self.relocationSections(among: sections)
        let dynamic = try image.dynamicTable()
        isBoundSymbolically = dynamic[DT_SYMBOLIC] != nil || (dynamic[DT_FLAGS] ?? 0) & DF_SYMBOLIC != 0
        isPositionIndependentProgram = (dynamic[DT_FLAGS_1] ?? 0) & DF_1_PIE != 0
        sharedObjectName = try image.sharedObjectName(dynamic)
        neededLibraries = try image.neededLibraries(dynamic)
        buildID = image.buildID()
        compilers = Self.compilers(in: sections)
        self.bytes = bytes
    }

    /// The first section with a name, or nil.
    package func section(named name: String) -> Section? {
        sections.first { $0.name == name && $0.index.rawValue > 0 }
    }

    /// The section with an index that came from a symbol or a link, or nil.
    package func section(at index: SectionIndex) -> Section? {
        sections.indices.contains(index.rawValue) ? sections[index.rawValue] : nil
    }

    /// The file's bytes that are loaded at a link-time virtual address.
    ///
    /// - Parameters:
    ///   - address: the first byte's address.
    ///   - count: the number of bytes.
    /// - Returns: the bytes, or nil if they are not all in one segment's contents.
    package func bytes(atAddress address: UInt64, count: Int) -> ArraySlice<UInt8>? {
        for segment in segments where segment.type == .load {
            guard count >= 0, address >= segment.virtualAddress else { continue }
            let start = address - segment.virtualAddress
            guard start <= segment.fileSize, UInt64(count) <= segment.fileSize - start else { continue }
            let (offset, overflow) = segment.offset.addingReportingOverflow(start)
            guard !overflow, offset <= UInt64(bytes.count), UInt64(count) <= UInt64(bytes.count) - offset else {
                return nil
            }
            return bytes[Int(offset)..<Int(offset) + count]
        }
        return nil
    }

    /// The zero-terminated strings of `.comment`, each once.
    private static func compilers(in sections: [Section]) -> [String] {
        guard let comment = sections.first(where: { $0.name == ".comment" }) else { return [] }
        var names: [String] = []
        for text in comment.contents.split(separator: 0) {
            let name = String(decoding: text, as: UTF8.self)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}
