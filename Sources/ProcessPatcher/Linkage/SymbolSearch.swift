// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// Looks up the symbols that a patch imports, in the order in which the dynamic linker would for the target.
struct SymbolSearch {
    private let map: LinkMap
    private let target: LoadedFile
    private let files: [LoadedFile]

    /// The addresses of the symbols that a patch imports.
    ///
    /// - Throws: ``PatchError/importNotFound(_:)``, ``PatchError/importAmbiguous(_:)``,
    ///   ``PatchError/importIndirect(_:)``.
    static func addresses(
        of symbols: [ImportedSymbol], for target: LoadedFile, among files: [LoadedFile],
        in memory: borrowing ProcessMemory
    ) throws(PatchError) -> [ImportedSymbol: UInt64] {
        guard !symbols.isEmpty else { return [:] }
        let result: Result<[ImportedSymbol: UInt64], PatchError>
        do throws(SystemError) {
            let search = SymbolSearch(map: try LinkMap(of: files, in: memory), target: target, files: files)
            result = try search.addresses(of: symbols, in: memory)
        } catch {
            throw .because(error, of: memory.process)
        }
        return try result.get()
    }

    private func addresses(
        of symbols: [ImportedSymbol], in memory: borrowing ProcessMemory
    ) throws(SystemError) -> Result<[ImportedSymbol: UInt64], PatchError> {
        var addresses: [ImportedSymbol: UInt64] = [:]
        for symbol in symbols {
            switch try find(symbol, in: memory) {
            case .failure(let refusal): return .failure(refusal)
            case .success(let found):
                // A definition outside of every loaded file is none that the dynamic linker has made.
                guard let definer = files.first(where: { $0.range.contains(found.address) }) else {
                    return .failure(.importNotFound(symbol))
                }
                guard found.isIndirect else {
                    addresses[symbol] = found.address.rawValue
                    continue
                }
                let bound = try BoundFunction(symbol: symbol, resolver: found.address, definer: definer)
                    .addresses(in: map.files, memory)
                guard let only = bound.first, bound.count == 1 else { return .failure(.importIndirect(symbol)) }
                addresses[symbol] = only.rawValue
            }
        }
        return .success(addresses)
    }

    /// The first definition among the files that were loaded with the program.
    ///
    /// A target that was loaded later has also what was loaded with it, in the order of the file that was asked for. That is
    /// the target or one that needs it; all of these must lead to the same definition. So must whatever else was loaded
    /// later, since the program may have made it visible to all.
    private func find(
        _ symbol: ImportedSymbol, in memory: borrowing ProcessMemory
    ) throws(SystemError) -> Result<LinkedSymbol, PatchError> {
        let start = map.loadedAtStart
        // The kernel's own file is in the list, and is not searched.
        for position in start where !map.files[position].path.hasPrefix("linux-vdso") {
            if let found = try map.files[position].definition(of: symbol, in: memory) { return .success(found) }
        }
        let isLoadedAtStart = map.files[start].contains { $0.loadBias == target.loadBias }
        // A file of another namespace (`dlmopen`) is not in the list, and sees other files.
        guard !isLoadedAtStart, map.files.contains(where: { $0.loadBias == target.loadBias }) else {
            return .failure(.importNotFound(symbol))
        }
        var found: Set<LinkedSymbol> = []
        var inScope: Set<Int> = []
        for root in start.upperBound..<map.files.count {
            let scope = map.scope(of: root)
            guard scope.contains(where: { map.files[$0].loadBias == target.loadBias }) else { continue }
            inScope.formUnion(scope)
            for position in scope where !start.contains(position) {
                guard let definition = try map.files[position].definition(of: symbol, in: memory) else { continue }
                found.insert(definition)
                break
            }
        }
        for position in start.upperBound..<map.files.count where !inScope.contains(position) {
            if let definition = try map.files[position].definition(of: symbol, in: memory) { found.insert(definition) }
        }
        guard let only = found.first else { return .failure(.importNotFound(symbol)) }
        return found.count == 1 ? .success(only) : .failure(.importAmbiguous(symbol))
    }
}
