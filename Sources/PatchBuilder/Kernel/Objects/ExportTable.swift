// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What the kernel and its modules export, as `Module.symvers` tells.
package struct ExportTable: Sendable {
    /// An exported symbol.
    struct Export: Hashable, Sendable {
        /// The digest of the symbol's type.
        var checksum: UInt32
        /// The part that exports it: `vmlinux`, or a module's path.
        var module: String
        /// The namespace that a user must import; empty for none.
        var namespace: String

        /// The module's name as the running kernel has it.
        var moduleName: String {
            let name = module.split(separator: "/").last.map(String.init) ?? module
            return String(name.map { $0 == "-" ? "_" : $0 })
        }
    }

    private var exports: [String: Export] = [:]

    /// Reads a `Module.symvers`.
    ///
    /// - Throws: ``KernelRefusal/malformedExports(line:text:)``.
    package init(parsing bytes: [UInt8]) throws(KernelRefusal) {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() where !line.isEmpty {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count >= 4, fields[0].hasPrefix("0x"),
                let checksum = UInt32(fields[0].dropFirst(2), radix: 16), !fields[1].isEmpty
            else { throw .malformedExports(line: number + 1, text: String(line.prefix(80))) }
            exports[String(fields[1])] = Export(
                checksum: checksum, module: String(fields[2]),
                namespace: fields.count > 4 ? String(fields[4]) : "")
        }
    }

    subscript(name: String) -> Export? { exports[name] }

    /// What a part's unit exports otherwise than the table says.
    ///
    /// Kernels that have no checksums, and symbols of assembler, are listed with 0.
    ///
    /// - Parameters:
    ///   - exported: the symbols that the unit exports.
    ///   - checksums: what the kernel's build says of their types.
    /// - Returns: A fact for each difference, in the order of the names.
    func differences(from exported: Set<String>, _ checksums: [String: UInt32]) -> [String] {
        exported.union(checksums.keys).sorted().compactMap { name in
            guard let shipped = exports[name] else { return "the kernel does not export \(name)" }
            return shipped.checksum == checksums[name] ?? 0
                ? nil : "the exported \(name) has another checksum of its types"
        }
    }
}

extension KernelUnit {
    /// The names of what the unit exports to modules.
    var exported: Set<String> {
        // include/linux/export.h, and since 6.5 include/linux/export-internal.h, which modpost reads.
        let prefixes = ["__ksymtab_", "__export_symbol_"]
        return Set(
            object.symbols.lazy.filter { $0.place != .undefined }.compactMap { symbol in
                prefixes.first(where: symbol.name.hasPrefix).map { String(symbol.name.dropFirst($0.count)) }
            })
    }
}
