// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The names that all units of a linked file share, as far as its own symbol table tells.
///
/// A linker makes hidden symbols, and those that a version script keeps back, local symbols of the file. They must be told
/// from the static functions and variables of single units, which are nobody else's.
struct SharedNames {
    /// Where a name is.
    private struct Holder {
        var addresses: Set<TargetAddress> = []
        /// Whether it is a place that code can use: neither thread-local nor a function that tells the function to use.
        var isPlain = true
    }

    private var holders: [String: Holder] = [:]
    /// The names of local symbols that may be one unit's alone; linkers other than GNU ld do not tell.
    private var doubtful: Set<String> = []
    /// Whether a name that is not here is no name of the file's: local symbols were not stripped off.
    private(set) var isComplete = false

    /// Reads a symbol table.
    init(of file: ObjectFile) {
        // ELF gABI, “Symbol Table”: an STT_FILE symbol precedes the other local symbols of its file. GNU ld puts one without
        // a name before the symbols that it made local.
        var isUnits = true
        var isMarked = false
        for symbol in file.symbols {
            if symbol.kind == .file {
                isUnits = !symbol.name.isEmpty
                isMarked = isMarked || !isUnits
            }
            guard case .section = symbol.place, symbol.kind != .section, symbol.kind != .file else { continue }
            if symbol.binding == .local {
                if symbol.kind == .function { isComplete = true }
                guard !isUnits || symbol.visibility == .hidden || symbol.visibility == .internal else {
                    doubtful.insert(symbol.name)
                    continue
                }
            }
            var holder = holders[symbol.name] ?? Holder()
            holder.addresses.insert(TargetAddress(rawValue: symbol.value))
            if symbol.kind == .tls || symbol.kind == .indirectFunction { holder.isPlain = false }
            holders[symbol.name] = holder
        }
        if isMarked { doubtful = [] }
    }

    /// Where a name is that all units share; nil if it is nowhere, in several places, or nothing that code can use.
    func address(of name: String) -> TargetAddress? {
        guard let holder = holders[name], holder.isPlain, holder.addresses.count == 1 else { return nil }
        return holder.addresses.first
    }

    /// Whether the file may have something of its own by a name.
    func mayHold(_ name: String) -> Bool { holders[name] != nil || doubtful.contains(name) }

    /// Whether the file certainly has nothing of its own by a name.
    func lacks(_ name: String) -> Bool { isComplete && !mayHold(name) }
}
