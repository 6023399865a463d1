// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension Artefact {
    /// Reads an artefact file and checks everything that the patcher relies on.
    ///
    /// - Throws: ``ArtefactError`` for anything that is not a well-formed artefact; no input traps.
    package init(parsing file: [UInt8]) throws(ArtefactError) {
        try Self.require("file", UInt64(file.count), atMost: UInt64(Limit.fileSize))
        let object: ObjectFile
        do throws(ELFError) {
            object = try ObjectFile(parsing: file)
        } catch {
            throw .notELF(error)
        }
        guard let text = object.section(named: SectionName.manifest) else { throw .notAnArtefact }
        try self.init(
            manifest: Manifest(parsing: Array(text.contents)),
            image: Image(sectionsOf: object),
            relocations: LoadRelocation.all(in: object),
            original: object.section(named: SectionName.original).map { Array($0.contents) } ?? [],
            review: object.section(named: SectionName.review).map { Array($0.contents) } ?? [],
            module: object.section(named: SectionName.module).map { Array($0.contents) } ?? [],
            proof: object.section(named: SectionName.proof).map { Array($0.contents) } ?? [])
        try validate()
    }
}

extension Artefact {
    /// The manifest's text as a file has it; nil if the file is no artefact.
    package static func manifestText(in file: [UInt8]) -> [UInt8]? {
        (try? ObjectFile(parsing: file))?.section(named: SectionName.manifest).map { Array($0.contents) }
    }
}

extension Image {
    fileprivate init(sectionsOf object: ObjectFile) throws(ArtefactError) {
        parts = []
        for protection in Protection.allCases {
            guard let section = object.section(named: protection.sectionName) else { continue }
            try Artefact.require(section.name, section.size, atMost: Artefact.Limit.imageSize)
            try Artefact.require("image", section.address, atMost: Artefact.Limit.imageSize)
            let part = Part(
                protection: protection, offset: section.address, contents: Array(section.contents),
                memorySize: section.size)
            parts.append(part)
        }
        for zeros in object.sections where zeros.name == SectionName.zeros {
            try extend(by: zeros)
        }
    }

    /// Lets the part that ends where the zeros begin grow by them.
    private mutating func extend(by zeros: Section) throws(ArtefactError) {
        try Artefact.require(zeros.name, zeros.size, atMost: Artefact.Limit.imageSize)
        let owner = parts.firstIndex { part in
            part.protection.sectionFlags == zeros.flags && part.range.upperBound == zeros.address
        }
        guard let owner else { throw .badLayout(part: zeros.name, offset: zeros.address) }
        parts[owner].memorySize += zeros.size
    }
}

extension LoadRelocation {
    fileprivate static func all(in object: ObjectFile) throws(ArtefactError) -> [LoadRelocation] {
        var all: [LoadRelocation] = []
        for protection in Image.Protection.allCases {
            guard let section = object.section(named: protection.sectionName) else { continue }
            let records: [Relocation]
            do throws(ELFError) {
                records = try object.relocations(of: section.index)
            } catch {
                throw .notELF(error)
            }
            try Artefact.require(
                "relocations", UInt64(all.count + records.count), atMost: UInt64(Artefact.Limit.relocations))
            for record in records {
                all.append(try LoadRelocation(record, section: section.name, object: object))
            }
        }
        return all
    }

    /// A record against symbol 0 counts from the patch base, one against a defined symbol from a variable of the image,
    /// one against an undefined symbol without a type from the target's load bias; an undefined symbol with a type is
    /// looked up in the process.
    private init(_ record: Relocation, section: String, object: ObjectFile) throws(ArtefactError) {
        guard let kind = Kind(record.type) else {
            throw .badRelocation(type: record.type.description, section: section, offset: record.offset)
        }
        guard record.symbol.rawValue != 0 else {
            self.init(offset: record.offset, kind: kind, patchOffset: record.addend)
            return
        }
        guard object.symbols.indices.contains(record.symbol.rawValue) else {
            throw .badRelocation(type: record.type.description, section: section, offset: record.offset)
        }
        let symbol = object.symbols[record.symbol.rawValue]
        guard symbol.place == .undefined else {
            guard symbol.kind == .object, !symbol.name.isEmpty else {
                throw .badRelocation(type: record.type.description, section: section, offset: record.offset)
            }
            self.init(
                offset: record.offset, kind: kind, variable: symbol.value, addend: record.addend, symbol: symbol.name)
            return
        }
        guard symbol.kind == .none else {
            guard kind == .absolute64, symbol.value == 0, let imported = ImportedSymbol(parsing: symbol.name) else {
                throw .badRelocation(type: record.type.description, section: section, offset: record.offset)
            }
            self.init(offset: record.offset, imported: imported, addend: record.addend)
            return
        }
        self.init(
            offset: record.offset, kind: kind, target: symbol.value, addend: record.addend, symbol: symbol.name)
    }
}
