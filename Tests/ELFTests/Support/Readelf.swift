// SPDX-License-Identifier: Apache-2.0

@testable import ELF

/// What `readelf` prints about a file, as lines that can be compared.
enum Readelf {
    /// The lines of `--symbols` or `--dyn-syms` that are symbols, spaces normalised.
    static func symbols(of bytes: [UInt8], dynamic: Bool) throws -> [String] {
        try output(of: "readelf", "-W", dynamic ? "--dyn-syms" : "--symbols", about: bytes)
            .split(separator: "\n")
            .drop { !$0.contains(dynamic ? "'.dynsym'" : "'.symtab'") }
            .filter { $0.contains(#/^ +[0-9]+: /#) }
            .map { line in
                // The version's number, in parentheses, is only readelf's.
                line.split(separator: " ").filter { !$0.hasPrefix("(") }.joined(separator: " ")
            }
    }

    /// A symbol as `readelf` prints it.
    static func line(for symbol: Symbol, sections: [Section]) -> String {
        var name = symbol.name
        if symbol.kind == .section, case .section(let index) = symbol.place { name = sections[index.rawValue].name }
        // The symbol that stands for a version itself is printed without it.
        if let version = symbol.version, version != name {
            name += (symbol.place == .undefined || symbol.hasHiddenVersion ? "@" : "@@") + version
        }
        let value = String(symbol.value, radix: 16)
        let padded = String(repeating: "0", count: 16 - value.count) + value
        let size = symbol.size < 100_000 ? String(symbol.size) : "0x" + String(symbol.size, radix: 16)
        return [
            "\(symbol.index):", padded, size, kinds[symbol.kind] ?? "?", bindings[symbol.binding] ?? "?",
            "\(symbol.visibility)".uppercased(), place(symbol.place), name,
        ].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static func place(_ place: SymbolPlace) -> String {
        switch place {
        case .undefined: "UND"
        case .absolute: "ABS"
        case .common: "COM"
        case .section(let index): "\(index)"
        case .reserved(let number): "RSV[0x\(String(number, radix: 16))]"
        }
    }

    private static let kinds: [SymbolKind: String] = [
        .none: "NOTYPE", .object: "OBJECT", .function: "FUNC", .section: "SECTION", .file: "FILE",
        .common: "COMMON", .tls: "TLS", .indirectFunction: "IFUNC",
    ]

    private static let bindings: [SymbolBinding: String] = [
        .local: "LOCAL", .global: "GLOBAL", .weak: "WEAK", .unique: "UNIQUE",
    ]

    /// All relocations of a file: section's relocation table, offset, information and type.
    static func relocations(of bytes: [UInt8]) throws -> [String] {
        try output(of: "readelf", "-rW", about: bytes)
            .split(separator: "\n")
            .filter { $0.contains(#/^[0-9a-f]{16} /#) }
            .map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
    }

    /// A relocation as `readelf` prints it, without the symbol's value and name.
    static func line(for relocation: Relocation) -> String {
        let info = UInt64(relocation.symbol.rawValue) << 32 | UInt64(relocation.type.rawValue)
        return [
            padded(relocation.offset), padded(info), String(relocation.type.description.prefix(22)),
        ].joined(separator: " ")
    }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
