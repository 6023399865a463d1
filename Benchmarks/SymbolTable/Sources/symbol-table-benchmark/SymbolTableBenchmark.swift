// SPDX-License-Identifier: Apache-2.0

import ELF

/// Measures what a symbol costs: read in place from the table, and as an owned value.
@main
struct SymbolTableBenchmark {
    /// 4.4 million symbols of 24 bytes are about 100 MB.
    private static let count = 4_400_000

    static func main() throws {
        let large = try SyntheticFile.bytes(symbolCount: count)
        print("symbol table of \(count) records, \(large.count / 1_000_000) MB; CPU time, 5 runs")
        report("walked in place", count, try measure { try walk(large) })
        report("looked for by a name", count, try measure { try search(large, for: "last") })

        let small = try SyntheticFile.bytes(symbolCount: count / 10)
        report("as owned values", count / 10, try measure { try ObjectFile(parsing: small).symbols.count })
    }

    /// The sum of the addresses of all functions: touches every field that a search for an address needs.
    private static func walk(_ file: [UInt8]) throws(ELFError) -> Int {
        let table = try ELFImage(file.rawSpan).symbolTable(in: SyntheticFile.symbolTable)
        var sum: UInt64 = 0
        for index in table.indices {
            let symbol = table[SymbolIndex(rawValue: index)]
            if symbol.st_info & 0xf == SymbolKind.function.rawValue { sum &+= symbol.st_value &+ symbol.st_size }
        }
        return Int(truncatingIfNeeded: sum)
    }

    /// The position of a symbol with a name, for which every name is read.
    private static func search(_ file: [UInt8], for name: String) throws(ELFError) -> Int {
        let table = try ELFImage(file.rawSpan).symbolTable(in: SyntheticFile.symbolTable)
        for index in table.indices where try table.name(of: table[SymbolIndex(rawValue: index)]) == name {
            return index
        }
        return 0
    }

    /// The CPU time of five runs, in nanoseconds, ascending.
    private static func measure(_ body: () throws -> Int) rethrows -> [Double] {
        var times: [Double] = []
        for _ in 0..<5 {
            let start = processTime()
            let result = try body()
            times.append(processTime() - start)
            // What nobody looks at, the compiler may leave out.
            precondition(result != 0)
        }
        return times.sorted()
    }

    private static func report(_ name: String, _ count: Int, _ times: [Double]) {
        let padded = name + String(repeating: " ", count: 24 - name.count)
        print("\(padded) min \(perRecord(times[0], count))   median \(perRecord(times[2], count))   ns a record")
    }

    private static func perRecord(_ time: Double, _ count: Int) -> String {
        let hundredths = Int((time / Double(count) * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
