// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The symbols at which assembler code is entered from elsewhere.
///
/// Assembler says what it likes of a symbol's kind and size, and functions share code that belongs to none of them. So an
/// entry has all that follows it, up to the next one or to the end of the section: no byte is without an owner but those
/// before the first entry.
enum AssemblerEntries {
    /// The symbols of an object file, those of code as functions of that extent.
    static func symbols(of object: ObjectFile, roles: [SectionRole]) -> [Symbol] {
        var entries: [SectionIndex: [Symbol]] = [:]
        var others: [Symbol] = []
        for symbol in object.symbols {
            guard case .section(let index) = symbol.place, roles.indices.contains(index.rawValue) else { continue }
            if roles[index.rawValue] != .code {
                others.append(symbol)
            } else if isEntry(symbol), symbol.value <= object.sections[index.rawValue].size {
                entries[index, default: []].append(symbol)
            }
        }
        return others
            + entries.sorted { $0.key < $1.key }.flatMap { index, symbols in
                extended(symbols, inSectionOf: object.sections[index.rawValue].size)
            }
    }

    /// A function of whatever binding, and what other units can name whatever it is called; other labels are the code's own.
    private static func isEntry(_ symbol: Symbol) -> Bool {
        !symbol.name.isEmpty
            && (symbol.kind == .function || symbol.kind == .indirectFunction
                || symbol.binding != .local && symbol.kind == .none)
    }

    private static func extended(_ symbols: [Symbol], inSectionOf size: UInt64) -> [Symbol] {
        let starts = Set(symbols.map(\.value)).sorted()
        return symbols.map { symbol in
            let end = starts.first { $0 > symbol.value } ?? size
            return symbol.function(ofSize: end > symbol.value ? end - symbol.value : 0)
        }
    }
}

extension UnitObject {
    /// The names at which a section of code is entered; code outside of functions has the section's name.
    func functionNames(in section: SectionIndex) -> [String] {
        guard isAssembler else { return [name(of: section)] }
        return owners[section.rawValue].map(\.name)
    }
}
