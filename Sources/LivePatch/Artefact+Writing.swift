// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension Artefact {
    /// The artefact as an ELF file; the same artefact gives the same bytes.
    ///
    /// The file is of type `ET_DYN` with the image's sections at their image offsets, so that `readelf`, `objdump -dr`
    /// and `gdb` show the replacement code with the names it refers to.
    ///
    /// - Throws: ``ArtefactError`` if the artefact breaks a rule of ``validate()``.
    package func encoded() throws(ArtefactError) -> [UInt8] {
        try validate()
        var file = ArtefactFile()
        for part in image.parts { file.add(part) }
        for function in manifest.functions {
            file.define(function.name, offset: function.replacementOffset, size: function.replacementSize)
        }
        for function in manifest.addedFunctions {
            file.define(function.name, offset: function.offset, size: function.size)
        }
        for part in image.parts {
            for relocation in relocations where part.range.contains(relocation.offset) {
                file.add(relocation, in: part.protection)
            }
        }
        file.add(SectionName.original, contents: original)
        if !review.isEmpty { file.add(SectionName.review, contents: review) }
        if !module.isEmpty { file.add(SectionName.module, contents: module) }
        if !proof.isEmpty { file.add(SectionName.proof, contents: proof) }
        file.add(SectionName.manifest, contents: try manifest.encoded())
        return try file.write()
    }
}

/// An artefact on its way into an ELF file.
private struct ArtefactFile {
    private var writer = ObjectWriter(type: .shared)
    private var sections: [Image.Protection: SectionIndex] = [:]
    private var targets: [TargetSymbol: SymbolReference] = [:]

    /// A symbol of the target: the same name may stand for a function and for its slot.
    private struct TargetSymbol: Hashable {
        var name: String
        var value: UInt64
        var kind: SymbolKind
    }

    /// Adds a part of the image; what is zero at its end is a section of its own, without bytes.
    mutating func add(_ part: Image.Part) {
        let protection = part.protection
        let stored = UInt64(part.contents.count)
        sections[protection] = writer.add(
            SectionDraft(
                name: protection.sectionName, flags: protection.sectionFlags, address: part.offset,
                alignment: Image.pageSize, contents: part.contents))
        guard part.memorySize > stored else { return }
        _ = writer.add(
            SectionDraft(
                name: SectionName.zeros, flags: protection.sectionFlags, address: part.offset + stored, alignment: 1,
                zeroCount: part.memorySize - stored))
    }

    /// Adds a section that is not loaded.
    mutating func add(_ name: String, contents: [UInt8]) {
        _ = writer.add(SectionDraft(name: name, contents: contents))
    }

    /// Names a function of the image.
    mutating func define(_ name: String, offset: UInt64, size: UInt64) {
        guard let text = sections[.text] else { return }
        _ = writer.add(
            SymbolDraft(name: name, value: offset, size: size, kind: .function, binding: .global, place: .section(text))
        )
    }

    /// Adds a relocation: against no symbol for a place in the image, else against a symbol of the target or, if it is
    /// to be looked up in the process, of another library.
    mutating func add(_ relocation: LoadRelocation, in protection: Image.Protection) {
        guard let section = sections[protection] else { return }
        let symbol: SymbolReference? =
            switch relocation.base {
            case .patch: relocation.variable.flatMap { variable(relocation.symbol, offset: $0) }
            case .target: undefinedSymbol(TargetSymbol(name: relocation.symbol, value: relocation.value, kind: .none))
            case .process:
                relocation.imported.map {
                    undefinedSymbol(TargetSymbol(name: $0.description, value: 0, kind: .function))
                }
            }
        writer.addRelocation(
            at: relocation.offset, of: section, type: relocation.kind.type, symbol: symbol, addend: relocation.addend)
    }

    /// A variable of the image, which is where it is said to be unless an earlier level has it.
    private mutating func variable(_ name: String, offset: UInt64) -> SymbolReference? {
        let key = TargetSymbol(name: name, value: offset, kind: .object)
        if let known = targets[key] { return known }
        guard let data = sections[.data] else { return nil }
        let symbol = writer.add(
            SymbolDraft(name: name, value: offset, size: 0, kind: .object, binding: .global, place: .section(data)))
        targets[key] = symbol
        return symbol
    }

    /// An undefined symbol whose value is the link-time address in the target (gABI 4-18 leaves the value of undefined
    /// symbols in linked files to the processor supplement), or one with a type, which has no value.
    private mutating func undefinedSymbol(_ key: TargetSymbol) -> SymbolReference {
        if let known = targets[key] { return known }
        let symbol = writer.add(
            SymbolDraft(name: key.name, value: key.value, kind: key.kind, binding: .global, place: .undefined))
        targets[key] = symbol
        return symbol
    }

    /// The file's bytes.
    func write() throws(ArtefactError) -> [UInt8] {
        do throws(ELFError) {
            return try writer.write()
        } catch {
            throw .notELF(error)
        }
    }
}
