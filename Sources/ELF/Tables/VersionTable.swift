// SPDX-License-Identifier: Apache-2.0

/// The versions of the dynamic symbols.
package struct VersionTable: ~Escapable {
    /// The version number of each dynamic symbol; empty if the file has no versions.
    private let numbers: RecordTable<UInt16>
    /// The name of each version that the file defines, by number.
    private let defined: [UInt16: String]
    /// The name of each version that the file needs, by number.
    private let needed: [UInt16: String]

    @_lifetime(copy numbers)
    init(numbers: RecordTable<UInt16>, defined: [UInt16: String], needed: [UInt16: String]) {
        self.numbers = numbers
        self.defined = defined
        self.needed = needed
    }

    /// The version of a symbol, and whether it is hidden; nil if it has none.
    func version(of index: SymbolIndex, isDefined: Bool) -> (name: String, isHidden: Bool)? {
        guard let number = numbers[ifPresent: index.rawValue] else { return nil }
        let index = number & ~VERSYM_HIDDEN
        guard index >= VER_NDX_FIRST else { return nil }
        // A copy-relocated variable is defined here and yet has the version of the library it was copied from.
        let name = isDefined ? defined[index] ?? needed[index] : needed[index]
        return name.map { ($0, isDefined && number & VERSYM_HIDDEN != 0) }
    }
}

extension ELFImage {
    /// The versions of the dynamic symbols, found as the dynamic linker finds them.
    @_lifetime(copy self)
    func versionTable(
        _ dynamic: borrowing DynamicTable, symbolCount: Int
    ) throws(ELFError) -> VersionTable {
        guard let address = dynamic[DT_VERSYM] else {
            return VersionTable(numbers: RecordTable(bytes.extracting(0..<0)), defined: [:], needed: [:])
        }
        let part = ELFError.Part.dynamic(DynamicTag(rawValue: DT_VERSYM))
        return VersionTable(
            numbers: try loadedBytes(from: address, as: part).table(
                at: 0, count: UInt64(symbolCount), entrySize: 2, as: part),
            defined: try definedVersions(dynamic),
            needed: try neededVersions(dynamic))
    }

    private func definedVersions(_ dynamic: borrowing DynamicTable) throws(ELFError) -> [UInt16: String] {
        guard let address = dynamic[DT_VERDEF] else { return [:] }
        let part = ELFError.Part.dynamic(DynamicTag(rawValue: DT_VERDEF))
        let names = try dynamicStringTable(dynamic)
        let list = try loadedBytes(from: address, as: part)
        var versions: [UInt16: String] = [:]
        var budget = Budget.texts(ofFileOfSize: bytes.byteCount, in: part)
        var chain = RecordChain(count: try dynamic.value(of: DT_VERDEFNUM, neededBy: DT_VERDEF), part: part)
        while let offset = chain.offset {
            let definition: Elf64_Verdef = try list.record(at: offset, of: part)
            // The first name is the version's own; the others are those it inherits from.
            let name: Elf64_Verdaux = try list.record(at: offset + UInt64(definition.vd_aux), of: part)
            let text = try names.text(at: UInt64(name.vda_name))
            try budget.spend(MemoryLayout<Elf64_Verdef>.size + text.utf8.count)
            versions[definition.vd_ndx & ~VERSYM_HIDDEN] = text
            try chain.advance(by: definition.vd_next)
        }
        return versions
    }

    private func neededVersions(_ dynamic: borrowing DynamicTable) throws(ELFError) -> [UInt16: String] {
        guard let address = dynamic[DT_VERNEED] else { return [:] }
        let part = ELFError.Part.dynamic(DynamicTag(rawValue: DT_VERNEED))
        let names = try dynamicStringTable(dynamic)
        let list = try loadedBytes(from: address, as: part)
        var versions: [UInt16: String] = [:]
        var budget = Budget.texts(ofFileOfSize: bytes.byteCount, in: part)
        var libraries = RecordChain(count: try dynamic.value(of: DT_VERNEEDNUM, neededBy: DT_VERNEED), part: part)
        while let offset = libraries.offset {
            let library: Elf64_Verneed = try list.record(at: offset, of: part)
            var chain = RecordChain(
                count: UInt64(library.vn_cnt), start: offset + UInt64(library.vn_aux), part: part)
            while let offset = chain.offset {
                let version: Elf64_Vernaux = try list.record(at: offset, of: part)
                let text = try names.text(at: UInt64(version.vna_name))
                try budget.spend(MemoryLayout<Elf64_Vernaux>.size + text.utf8.count)
                versions[version.vna_other & ~VERSYM_HIDDEN] = text
                try chain.advance(by: version.vna_next)
            }
            try libraries.advance(by: library.vn_next)
        }
        return versions
    }
}
