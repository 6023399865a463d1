// SPDX-License-Identifier: Apache-2.0

package import ELF

/// The symbols of a part of the kernel, vmlinux or a module, in the order in which the kernel counts those of one name.
package struct ParentSymbols: Sendable {
    /// A symbol that the running kernel knows by name.
    struct Entry: Hashable, Sendable {
        var name: String
        var address: UInt64
        var isGlobal: Bool
        /// The source file that the linker has noted for it, or nil.
        var file: Int?
    }

    /// A source file, by the name that its compiler has put down, which leaves out folders.
    private struct File: Sendable {
        var name: String
        var names: Set<String> = []
    }

    let entries: [Entry]
    private let byName: [String: [Int]]
    private let files: [File]

    private init(_ entries: [Entry], files: [File], sortedByAddress: Bool) {
        // The kernel counts what vmlinux has in the order of addresses, and what a module has in that of its table.
        self.entries = sortedByAddress ? entries.sorted { $0.address < $1.address } : entries
        byName = Dictionary(grouping: self.entries.indices) { [entries = self.entries] in entries[$0].name }
        self.files = files
    }

    /// The positions of the symbols of a name.
    func positions(of name: String) -> [Int] { byName[name] ?? [] }

    /// The sources of a name of which the symbol table has all of `names` as their own.
    func sources(named name: String, having names: Set<String>) -> Set<Int> {
        Set(files.indices.filter { files[$0].name == name && names.isSubset(of: files[$0].names) })
    }
}

extension ParentSymbols {
    /// Reads the text of `readelf -sW` or `/proc/kallsyms`, or an ELF file.
    ///
    /// - Throws: ``KernelRefusal`` if it is none of them.
    package init(parsing bytes: [UInt8]) throws(KernelRefusal) {
        guard bytes.starts(with: [0x7f, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F")]) else {
            self = try Self.text(String(decoding: bytes, as: UTF8.self))
            return
        }
        do throws(ELFError) {
            self.init(of: try ObjectFile(parsing: bytes))
        } catch {
            throw .malformedObject(unit: "the symbols", error)
        }
    }

    /// The symbols of an ELF file.
    package init(of object: ObjectFile) {
        var collector = Collector()
        for symbol in object.symbols {
            if symbol.kind == .file {
                collector.begin(file: symbol.name)
            } else if case .section(let holder) = symbol.place, symbol.kind != .section,
                object.section(at: holder)?.flags.contains(.allocate) == true
            {
                collector.add(symbol.name, symbol.value, isGlobal: symbol.binding != .local)
            } else if symbol.place == .absolute {
                collector.add(symbol.name, symbol.value, isGlobal: symbol.binding != .local)
            }
        }
        self.init(
            collector.entries, files: collector.files, sortedByAddress: object.header.type != .relocatable)
    }

    private static func text(_ text: String) throws(KernelRefusal) -> ParentSymbols {
        var collector = Collector()
        var isRelocatable = true
        var isWanted = true
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            guard let first = words.first else { continue }
            if first == "Symbol" {
                isWanted = !line.contains(".dynsym")
            } else if first == "Num:" || !isWanted {
                continue
            } else if first.hasSuffix(":"), words.count >= 7, let address = UInt64(words[1], radix: 16) {
                guard words.count >= 8 else { continue }
                collector.add(readelf: words, address)
                if words[6] != "ABS", address >= 1 << 63 { isRelocatable = false }
            } else if words.count >= 3, words[1].count == 1, let address = UInt64(first, radix: 16) {
                isRelocatable = false
                // What modules have comes behind, with the module's name.
                guard words.count == 3, !line.contains("\t") else { continue }
                collector.add(String(words[2]), address, isGlobal: words[1].first?.isUppercase ?? false)
            } else {
                throw .malformedSymbols(line: number + 1, text: String(line.prefix(80)))
            }
        }
        return ParentSymbols(collector.entries, files: collector.files, sortedByAddress: !isRelocatable)
    }

    private struct Collector {
        var entries: [Entry] = []
        var files: [File] = []

        mutating func begin(file name: String) { files.append(File(name: name)) }

        mutating func add(_ name: String, _ address: UInt64, isGlobal: Bool) {
            guard !name.isEmpty else { return }
            let file = isGlobal || files.isEmpty ? nil : files.count - 1
            if let file { files[file].names.insert(name) }
            entries.append(Entry(name: name, address: address, isGlobal: isGlobal, file: file))
        }

        /// Adds what a line says: Num: Value Size Type Bind Vis Ndx Name.
        mutating func add(readelf words: [Substring], _ address: UInt64) {
            if words[3] == "FILE" {
                begin(file: String(words[7]))
            } else if words[6] != "UND", words[3] != "SECTION" {
                add(String(words[7]), address, isGlobal: words[4] != "LOCAL")
            }
        }
    }
}
