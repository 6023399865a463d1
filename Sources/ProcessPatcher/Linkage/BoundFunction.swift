// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// What an indirect function (`STT_GNU_IFUNC`) is in a process.
///
/// That is what the dynamic linker has bound it to already, for some loaded file. Its resolver is not run.
struct BoundFunction {
    /// The function as a patch imports it.
    let symbol: ImportedSymbol
    /// The address of its resolver.
    let resolver: RemoteAddress
    /// The file that defines it, and in which what the resolver has chosen must be.
    let definer: LoadedFile

    /// Relocation types that bind a slot to a function (x86-64 psABI, 4.4): an address, or a slot of the global offset table.
    private static let bindings: Set<UInt64> = [1, 6, 7]
    private static let indirectRelative: UInt64 = 37
    /// How long a table of relocations may be, and how much of it is read at once.
    private static let sizeLimit: UInt64 = 32 << 20
    private static let chunk: UInt64 = 24 << 10

    private typealias Tag = LinkedFile.Tag

    /// What the first file with slots for the function has in them; empty if none has one that is bound.
    func addresses(in files: [LinkedFile], _ memory: borrowing ProcessMemory) throws(SystemError) -> Set<RemoteAddress>
    {
        var found: Set<RemoteAddress> = []
        for file in files where found.isEmpty {
            try find(in: file, Tag.relocations, Tag.relocationsSize, memory, &found)
            try find(in: file, Tag.linkageRelocations, Tag.linkageRelocationsSize, memory, &found)
        }
        return found
    }

    private func find(
        in file: LinkedFile, _ table: UInt64, _ size: UInt64, _ memory: borrowing ProcessMemory,
        _ found: inout Set<RemoteAddress>
    ) throws(SystemError) {
        guard let start = file.address(table), let size = file.entries[size], size <= Self.sizeLimit else { return }
        var offset: UInt64 = 0
        while offset < size {
            let bytes = try memory.readAvailable(Int(min(Self.chunk, size - offset)), at: start.advanced(by: offset))
            guard bytes.count >= 24 else { return }
            for record in stride(from: 0, through: bytes.count - 24, by: 24) {
                // Elf64_Rela: r_offset, r_info, r_addend
                let slot = RemoteAddress(file.loadBias &+ number(bytes[record..<record + 8]))
                let information = number(bytes[record + 8..<record + 16])
                let addend = number(bytes[record + 16..<record + 24])
                if let value = try value(
                    of: slot, type: information & 0xffff_ffff, symbol: information >> 32, addend, in: file, memory)
                {
                    found.insert(value)
                }
            }
            offset += UInt64(bytes.count / 24 * 24)
        }
    }

    /// What a slot holds, if it is for the function and bound.
    private func value(
        of slot: RemoteAddress, type: UInt64, symbol index: UInt64, _ addend: UInt64, in file: LinkedFile,
        _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> RemoteAddress? {
        let isDefiner = file.loadBias == definer.loadBias
        if type == Self.indirectRelative {
            guard isDefiner, file.loadBias &+ addend == resolver.rawValue else { return nil }
        } else {
            // A slot of the definer itself leads into its own linkage table before it is bound.
            guard Self.bindings.contains(type), addend == 0, index != 0, !isDefiner else { return nil }
        }
        let value = RemoteAddress(number(try memory.readAvailable(8, at: slot)))
        guard value != resolver, definer.executable.contains(where: { $0.range.contains(value) }) else { return nil }
        if type == Self.indirectRelative { return value }
        return try file.isReference(index, to: symbol, in: memory) ? value : nil
    }
}

extension LinkedFile {
    /// Whether a symbol of the file is one that it asks others for, by its name and version.
    func isReference(
        _ index: UInt64, to symbol: ImportedSymbol, in memory: borrowing ProcessMemory
    ) throws(SystemError) -> Bool {
        guard let symbols = address(Tag.symbols), let strings = address(Tag.strings) else { return false }
        let record = try memory.readAvailable(24, at: symbols.advanced(by: index &* 24))
        guard record.count == 24, try memory.text(at: strings.advanced(by: number(record[0..<4]))) == symbol.name else {
            return false
        }
        guard let versions = address(Tag.symbolVersions) else { return symbol.version == nil }
        let version = try memory.number(of: 2, at: versions.advanced(by: index &* 2)) & 0x7fff
        guard version > 1 else { return symbol.version == nil }
        return try name(ofNeededVersion: version, in: memory) == symbol.version
    }

    /// The name of a version that the file asks others for (`Elf64_Verneed`, `Elf64_Vernaux`).
    func name(
        ofNeededVersion wanted: UInt64, in memory: borrowing ProcessMemory
    ) throws(SystemError) -> String? {
        guard var need = address(Tag.versionNeeds), let strings = address(Tag.strings) else { return nil }
        for _ in 0..<min(entries[Tag.versionNeedCount] ?? 0, 4096) {
            // vn_version, vn_cnt, vn_file, vn_aux, vn_next
            let record = try memory.readAvailable(16, at: need)
            guard record.count == 16 else { return nil }
            var version = need.advanced(by: number(record[8..<12]))
            for _ in 0..<number(record[2..<4]) {
                // vna_hash, vna_flags, vna_other, vna_name, vna_next
                let entry = try memory.readAvailable(16, at: version)
                guard entry.count == 16 else { return nil }
                if number(entry[6..<8]) & 0x7fff == wanted {
                    return try memory.text(at: strings.advanced(by: number(entry[8..<12])))
                }
                guard number(entry[12..<16]) > 0 else { break }
                version = version.advanced(by: number(entry[12..<16]))
            }
            guard number(record[12..<16]) > 0 else { return nil }
            need = need.advanced(by: number(record[12..<16]))
        }
        return nil
    }
}
