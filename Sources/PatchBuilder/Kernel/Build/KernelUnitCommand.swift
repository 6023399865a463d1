// SPDX-License-Identifier: Apache-2.0

/// How the kernel's build makes one object, as it has noted beside it (`.NAME.o.cmd`).
struct KernelUnitCommand: Equatable, Sendable {
    /// The object, by its path in the tree.
    let object: String
    /// The command, as a shell reads it.
    let text: String
    /// Whether the kernel's own tool has looked at the unit as at a whole module; that is left out of the command.
    let isModuleByItself: Bool
    /// The checksums of the types of what the unit exports.
    let checksums: [String: UInt32]

    /// Reads what the build has noted; nil if it is not as expected.
    init?(parsing bytes: [UInt8], object: String) {
        self.object = object
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let names = ["cmd_\(object) := ", "savedcmd_\(object) := "]
        guard let line = lines.first(where: { line in names.contains { line.hasPrefix($0) } }),
            let separator = line.firstRange(of: " := ")
        else { return nil }
        // Kbuild writes what make would take for its own in other words.
        let whole = String(line[separator.upperBound...]).replacing("$(pound)", with: "#").replacing("$$", with: "$")
        let check = Self.moduleCheck(in: whole)
        isModuleByItself = check != nil
        text = check.map { whole[..<$0.lowerBound] + String(whole[$0.upperBound...]) } ?? whole
        checksums = Self.checksums(in: bytes)
        guard text.contains(" -o \(object) ") else { return nil }
    }

    /// The checksums of types that a text of the kernel's own tool (genksyms) states.
    static func checksums(in bytes: [UInt8]) -> [String: UInt32] {
        var checksums: [String: UInt32] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("#SYMVER ") {
            let words = line.split(separator: " ")
            guard words.count == 3, words[2].hasPrefix("0x"), let sum = UInt32(words[2].dropFirst(2), radix: 16) else {
                continue
            }
            checksums[String(words[1])] = sum
        }
        return checksums
    }

    /// The command that writes the checksums of the types of what the unit exports; nil if that is nothing.
    func checksumText(writing output: String, options: [String] = []) -> String? {
        // scripts/Makefile.build: what the compiler is told goes to the preprocessor.
        guard !checksums.isEmpty, let compiling = text.split(separator: ";").first else { return nil }
        let further = options.map { "'" + $0 + "' " }.joined()
        let preprocessing = compiling.replacing(" -c -o \(object) ", with: " -E -D__GENKSYMS__ \(further)")
            .split(separator: " ", omittingEmptySubsequences: false).filter { !$0.hasPrefix("-Wp,-MMD,") }.joined(
                separator: " ")
        guard preprocessing.contains(" -E -D__GENKSYMS__ ") else { return nil }
        return
            "\(preprocessing) > \(output).i; ./scripts/genksyms/genksyms -r /dev/null < \(output).i > \(output).part; "
            + "rm \(output).i; mv \(output).part \(output)"
    }

    /// The command that makes the object elsewhere, with further options.
    func text(writing output: String, options: [String]) -> String {
        let slash = object.lastIndex(of: "/")
        let folder = slash.map { String(object[...$0]) } ?? ""
        let name = slash.map { String(object[object.index(after: $0)...]) } ?? object
        let quoted = options.map { "'" + $0 + "'" }.joined(separator: " ")
        return
            text
            .replacing("-Wp,-MMD,\(folder).\(name).d", with: "-Wp,-MMD,\(output).d")
            .replacing(" -o \(object) ", with: " \(quoted) -o \(output) ")
            .split(separator: " ", omittingEmptySubsequences: false)
            .map { $0 == object || $0 == "./" + object ? output : String($0) }
            .joined(separator: " ")
    }

    /// The names of the modules that the unit is part of; none for vmlinux.
    var modules: [String] {
        guard text.contains(" -DMODULE "), let names = defined("KBUILD_MODNAME") else { return [] }
        // scripts/Makefile.lib: one object in several modules is noted as a:b.
        return names.split(separator: ":").map(String.init)
    }

    /// Where a text has the call of the kernel's own tool (objtool) for a whole module (`--link`).
    ///
    /// Units that are a module by themselves have it. A live patch is looked at as a whole, and its units must not have been
    /// before.
    static func moduleCheck(in text: String) -> Range<String.Index>? {
        guard let tool = text.firstRange(of: "; ./tools/objtool/objtool ") else { return nil }
        let end = text[tool.upperBound...].firstIndex { $0 == ";" || $0.isNewline } ?? text.endIndex
        guard text[tool.upperBound..<end].split(separator: " ").contains("--link") else { return nil }
        return tool.lowerBound..<end
    }

    private func defined(_ name: String) -> String? {
        // -DKBUILD_MODNAME='"em_text"'
        guard let start = text.firstRange(of: "-D\(name)='\"") else { return nil }
        let rest = text[start.upperBound...]
        return rest.firstIndex(of: "\"").map { String(rest[..<$0]) }
    }
}
