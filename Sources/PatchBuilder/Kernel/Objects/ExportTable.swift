// SPDX-License-Identifier: Apache-2.0

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
}
