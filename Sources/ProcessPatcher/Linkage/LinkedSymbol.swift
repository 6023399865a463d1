// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// A definition of a symbol in a loaded file.
struct LinkedSymbol: Hashable {
    /// The address in the process.
    var address: RemoteAddress
    /// Whether the address is that of a function which tells the function to use (`STT_GNU_IFUNC`).
    var isIndirect: Bool
}

extension LinkedFile {
    /// What the dynamic linker finds in the file for a symbol, or nil: mostly a definition that it offers to others.
    ///
    /// A program at a fixed place may have fixed a function's address in its code, that of an entry of its own linkage
    /// table. Its symbol is undefined, has a value, and is found by all (x86-64 psABI, 3.4.3, function addresses).
    func definition(
        of symbol: ImportedSymbol, in memory: borrowing ProcessMemory
    ) throws(SystemError) -> LinkedSymbol? {
        guard let symbols = address(Tag.symbols), let strings = address(Tag.strings) else { return nil }
        var byDefault: [LinkedSymbol] = []
        for index in try candidates(for: symbol.name, in: memory) {
            // Elf64_Sym: st_name, st_info, st_other, st_shndx, st_value, st_size
            let record = try memory.readAvailable(24, at: symbols.advanced(by: UInt64(index) &* 24))
            guard record.count == 24, number(record[8..<16]) != 0,
                try memory.text(at: strings.advanced(by: number(record[0..<4]))) == symbol.name
            else { continue }
            let kind = record[4] & 0xf
            // STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_COMMON and STT_GNU_IFUNC are found by others; STB_LOCAL is not, nor are
            // STV_INTERNAL and STV_HIDDEN.
            guard [0, 1, 2, 5, 10].contains(kind), record[4] >> 4 != 0, ![1, 2].contains(record[5] & 3),
                number(record[6..<8]) != 0 || kind == 2
            else { continue }
            let found = LinkedSymbol(
                address: RemoteAddress(loadBias &+ number(record[8..<16])), isIndirect: kind == 10)
            switch try match(of: symbol.version, withSymbol: UInt64(index), in: memory) {
            case .exact: return found
            case .byDefault: byDefault.append(found)
            case .none: continue
            }
        }
        return byDefault.count == 1 ? byDefault[0] : nil
    }

    /// How many symbols with one hash are looked at.
    private static let chainLimit = 4096

    /// The indices of the symbols that may have a name, by the file's hash table.
    private func candidates(
        for name: String, in memory: borrowing ProcessMemory
    ) throws(SystemError) -> [UInt32] {
        if let table = address(Tag.gnuHash) { return try gnuCandidates(for: name, table, memory) }
        if let table = address(Tag.hash) { return try systemVCandidates(for: name, table, memory) }
        return []
    }

    /// Buckets behind a Bloom filter, then for each symbol its hash, whose lowest bit ends a chain.
    private func gnuCandidates(
        for name: String, _ table: RemoteAddress, _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> [UInt32] {
        let hash = name.utf8.reduce(UInt32(5381)) { $0 &* 33 &+ UInt32($1) }
        let header = try memory.readAvailable(16, at: table)
        guard header.count == 16 else { return [] }
        let bucketCount = number(header[0..<4])
        let firstSymbol = number(header[4..<8])
        let buckets = table.advanced(by: 16 &+ number(header[8..<12]) &* 8)
        guard bucketCount > 0 else { return [] }
        var index = try memory.number(of: 4, at: buckets.advanced(by: UInt64(hash) % bucketCount * 4))
        let chains = buckets.advanced(by: bucketCount &* 4)
        var candidates: [UInt32] = []
        for _ in 0..<Self.chainLimit where index >= firstSymbol {
            let value = try memory.number(of: 4, at: chains.advanced(by: (index &- firstSymbol) &* 4))
            if value | 1 == UInt64(hash) | 1, let index = UInt32(exactly: index) { candidates.append(index) }
            if value & 1 == 1 { break }
            index &+= 1
        }
        return candidates
    }

    /// gABI 5, “Hash Table”: buckets, then for each symbol the next one of its chain.
    private func systemVCandidates(
        for name: String, _ table: RemoteAddress, _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> [UInt32] {
        var hash: UInt32 = 0
        for byte in name.utf8 {
            hash = hash << 4 &+ UInt32(byte)
            hash = (hash ^ (hash & 0xf000_0000) >> 24) & 0x0fff_ffff
        }
        let bucketCount = try memory.number(of: 4, at: table)
        guard bucketCount > 0 else { return [] }
        let buckets = table.advanced(by: 8)
        var index = try memory.number(of: 4, at: buckets.advanced(by: UInt64(hash) % bucketCount * 4))
        var candidates: [UInt32] = []
        for _ in 0..<Self.chainLimit where index != 0 {
            if let index = UInt32(exactly: index) { candidates.append(index) }
            index = try memory.number(of: 4, at: buckets.advanced(by: (bucketCount &+ index) &* 4))
        }
        return candidates
    }

    /// How a symbol's version answers to the one that is asked for.
    private enum VersionMatch {
        /// It is the one.
        case exact
        /// None was asked for, and the symbol's is the default; it counts if there is only one such symbol.
        case byDefault
        /// It is another one.
        case none
    }

    /// How a symbol of the file answers, as `check_match` of glibc decides.
    private func match(
        of version: String?, withSymbol index: UInt64, in memory: borrowing ProcessMemory
    ) throws(SystemError) -> VersionMatch {
        // A file without versions stands for all of them.
        guard let versions = address(Tag.symbolVersions) else { return .exact }
        let word = try memory.number(of: 2, at: versions.advanced(by: index &* 2))
        let isHidden = word & 0x8000 != 0
        let number = word & 0x7fff
        guard let version else {
            // Who was linked before there were versions means the first one, which is number 2, hidden or not.
            if number < 3 { return .exact }
            return isHidden ? .none : .byDefault
        }
        // A definition without a version is for all.
        if number <= 1 { return isHidden ? .none : .exact }
        if try name(ofVersion: number, in: memory) == version { return .exact }
        return try name(ofNeededVersion: number, in: memory) == version ? .exact : .none
    }

    /// The name of a version that the file defines (`Elf64_Verdef`, `Elf64_Verdaux`).
    private func name(
        ofVersion wanted: UInt64, in memory: borrowing ProcessMemory
    ) throws(SystemError) -> String? {
        guard var definition = address(Tag.versionDefinitions), let strings = address(Tag.strings) else { return nil }
        for _ in 0..<min(entries[Tag.versionDefinitionCount] ?? 0, 4096) {
            let record = try memory.readAvailable(20, at: definition)
            guard record.count == 20 else { return nil }
            if number(record[4..<6]) == wanted {
                let text = try memory.number(of: 4, at: definition.advanced(by: number(record[12..<16])))
                return try memory.text(at: strings.advanced(by: text))
            }
            let next = number(record[16..<20])
            guard next > 0 else { return nil }
            definition = definition.advanced(by: next)
        }
        return nil
    }
}
