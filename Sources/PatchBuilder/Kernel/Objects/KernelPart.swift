// SPDX-License-Identifier: Apache-2.0

package import ELF

/// A shipped part of a kernel: vmlinux, or a module.
package struct KernelPart: Sendable {
    /// The name that the running kernel has for it: `vmlinux`, `act_mpls`.
    package var name: String
    /// The file.
    package var object: ObjectFile

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - path: where it came from, which a module is named by if it does not say its name.
    /// - Throws: ``KernelRefusal/malformedKernel(file:reason:)``.
    package init(parsing bytes: [UInt8], path: String) throws(KernelRefusal) {
        do throws(ELFError) {
            object = try ObjectFile(parsing: bytes)
        } catch {
            throw .malformedKernel(file: path, reason: "\(error)")
        }
        // What is not linked as a module is a part of vmlinux: vmlinux.o, or one unit of it.
        let isModule = object.section(named: ".gnu.linkonce.this_module") != nil || path.hasSuffix(Self.moduleSuffix)
        guard object.header.type == .relocatable, isModule else {
            name = KernelLinkage.kernel
            return
        }
        let fields = (object.section(named: ".modinfo")?.contents ?? []).split(separator: 0)
        let stated = fields.map { String(decoding: $0, as: UTF8.self) }.first { $0.hasPrefix("name=") }
        name = stated.map { String($0.dropFirst("name=".count)) } ?? Self.name(ofFile: path)
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isOfName) else {
            throw .malformedKernel(file: path, reason: "‘\(name)’ is no name of a module")
        }
    }

    /// Whether it is a module.
    package var isModule: Bool { name != KernelLinkage.kernel }

    private static let moduleSuffix = ".ko"

    /// Whether a byte may stand in a module's name, which is a part of paths and of symbols.
    private static func isOfName(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }

    /// Whether a path alone tells which part of a kernel is meant.
    package static func isName(_ path: String) -> Bool {
        name(ofFile: path) == KernelLinkage.kernel || path.hasSuffix(moduleSuffix)
    }

    /// The name of the part that a file is by its own name: `act_mpls` for `net/sched/act-mpls.ko`.
    package static func name(ofFile path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        return String(file.prefix { $0 != "." }.map { $0 == "-" ? "_" : $0 })
    }
}
