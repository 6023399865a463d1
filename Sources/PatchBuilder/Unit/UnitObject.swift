// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// One translation unit's relocatable object file, indexed the way that locating, comparing and linking ask.
struct UnitObject {
    /// The source file, for messages.
    let source: String
    /// Whether the source is assembler.
    let isAssembler: Bool
    /// The object file.
    let object: ObjectFile
    /// What each section means; positions are section indices.
    let roles: [SectionRole]
    /// The relocations of each section that is in memory, by ascending offset; positions are section indices.
    let relocations: [[Relocation]]
    /// The functions by name.
    let functions: [String: Symbol]
    /// The function, object and thread-local symbols of each section, by ascending value; positions are section indices.
    ///
    /// Of assembler code, the symbols at which others enter it, each with all bytes up to the next one.
    let owners: [[Symbol]]

    /// Indexes an object file.
    ///
    /// - Throws: ``PatchRefusal/malformedObject(unit:error:)``, ``PatchRefusal/duplicateSymbol(unit:symbol:)``.
    init(source: String, bytes: [UInt8], isAssembler: Bool = false) throws(PatchRefusal) {
        self.source = source
        self.isAssembler = isAssembler
        do throws(ELFError) {
            object = try ObjectFile(parsing: bytes)
            var relocations: [[Relocation]] = []
            for section in object.sections {
                // Debugging information has many, and whoever reads it applies them.
                guard section.flags.contains(.allocate) else {
                    relocations.append([])
                    continue
                }
                relocations.append(try object.relocations(of: section.index).sorted { $0.offset < $1.offset })
            }
            self.relocations = relocations
        } catch {
            throw .malformedObject(unit: source, error: error)
        }
        roles = object.sections.map(SectionRole.init)
        var functions: [String: Symbol] = [:]
        var owners: [[Symbol]] = Array(repeating: [], count: object.sections.count)
        let symbols = isAssembler ? AssemblerEntries.symbols(of: object, roles: roles) : object.symbols
        for symbol in symbols where [.function, .object, .tls].contains(symbol.kind) {
            guard case .section(let index) = symbol.place, owners.indices.contains(index.rawValue) else { continue }
            owners[index.rawValue].append(symbol)
            guard symbol.kind == .function else { continue }
            guard functions.updateValue(symbol, forKey: symbol.name) == nil else {
                throw .duplicateSymbol(unit: source, symbol: symbol.name)
            }
        }
        self.functions = functions
        self.owners = owners.map { $0.sorted { $0.value < $1.value } }
    }

    /// One of the builds of a unit.
    init(_ objects: UnitObjects, _ build: KeyPath<UnitObjects, [UInt8]>) throws(PatchRefusal) {
        try self.init(source: objects.source, bytes: objects[keyPath: build], isAssembler: objects.isAssembler)
    }

    /// The section with this index.
    func section(_ index: SectionIndex) -> Section { object.sections[index.rawValue] }

    /// What the section with this index means.
    func role(_ index: SectionIndex) -> SectionRole { roles[index.rawValue] }

    /// The name that people know a section by: that of its first symbol, else its own.
    func name(of index: SectionIndex) -> String {
        owners[index.rawValue].first?.name ?? section(index).name
    }
}
