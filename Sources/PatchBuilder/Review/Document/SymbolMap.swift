// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The functions and data of a target by address, as far as its symbol tables and the units of a fix tell.
struct SymbolMap {
    private struct Entry {
        var address: UInt64
        var size: UInt64
        var name: String
    }

    private let entries: [Entry]

    /// Indexes what is known of a target; a name of a unit goes before one of a table, since it is the source's.
    init(target: ObjectFile, units: [PatchUnit]) {
        var entries: [UInt64: Entry] = [:]
        for symbol in target.symbols + target.dynamicSymbols {
            guard case .section = symbol.place, Self.isNamed(symbol) else { continue }
            entries[symbol.value] = Entry(address: symbol.value, size: symbol.size, name: symbol.name)
        }
        for unit in units {
            for symbol in unit.located.unit.object.symbols where Self.isNamed(symbol) {
                guard let address = unit.located.definition(of: symbol)?.rawValue else { continue }
                entries[address] = Entry(address: address, size: symbol.size, name: symbol.name)
            }
        }
        self.entries = entries.values.sorted { $0.address < $1.address }
    }

    private static func isNamed(_ symbol: Symbol) -> Bool {
        (symbol.kind == .function || symbol.kind == .object) && !symbol.name.isEmpty
    }

    /// The name of what begins at an address.
    func name(at address: UInt64) -> String? {
        entry(before: address).flatMap { $0.address == address ? $0.name : nil }
    }

    /// The name of what has an address, with the distance from its beginning.
    func place(of address: UInt64) -> String? {
        guard let entry = entry(before: address), address - entry.address < max(1, entry.size) else { return nil }
        return entry.address == address ? entry.name : "\(entry.name)+0x\(String(address - entry.address, radix: 16))"
    }

    /// The name of what has an address.
    func owner(of address: UInt64) -> String? {
        guard let entry = entry(before: address), address - entry.address < max(1, entry.size) else { return nil }
        return entry.name
    }

    /// The last entry that begins at or before an address.
    private func entry(before address: UInt64) -> Entry? {
        var range = entries.startIndex..<entries.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if entries[middle].address <= address {
                range = middle + 1..<range.upperBound
            } else {
                range = range.lowerBound..<middle
            }
        }
        return range.lowerBound > 0 ? entries[range.lowerBound - 1] : nil
    }
}
