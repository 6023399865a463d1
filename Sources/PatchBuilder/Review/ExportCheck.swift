// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Finds symbols that the target would export, or no longer export, if it were built from the fixed source.
///
/// A patch changes no symbol table: programs that look a new symbol up do not find it, and a removed one stays.
struct ExportCheck: SafetyCheck {
    /// The names that the target exports.
    private let exported: Set<String>
    private let isSharedLibrary: Bool
    /// Files of the fix that say what is exported.
    private let scripts: [String]

    /// Looks at what a target exports, and at the names of a fix's files.
    init(target: ObjectFile, files: [String]) {
        let symbols = target.dynamicSymbols.filter { $0.place != .undefined && $0.visibility == .default }
        exported = Set(symbols.map(\.name))
        isSharedLibrary = target.isSharedLibrary
        scripts = files.filter(Self.isVersionScript)
    }

    func findings(in unit: PatchUnit) throws(PatchRefusal) -> [Finding] {
        let before = unit.diff.original.globals()
        let after = unit.diff.fixed.globals()
        let lost = before.subtracting(after).intersection(exported).sorted()
        let gained = exportsEveryGlobal(of: before) ? after.subtracting(before).subtracting(exported).sorted() : []
        let symbols =
            lost.map { ($0, "exported by the target, and not defined in the fixed source") }
            + gained.map { ($0, "defined in the fixed source, and would be exported like the unit's other symbols") }
        let found = symbols.map { symbol, fact in
            Finding(rule: .changedExport, weight: .blocking, unit: unit.source, symbols: [symbol], facts: [fact])
        }
        return found
            + scripts.map { file in
                Finding(
                    rule: .changedExport, weight: .blocking, unit: file, symbols: [file],
                    facts: ["a list of exported symbols"])
            }
    }

    /// Whether a global symbol of the unit is exported because it is global, and not by a list of names.
    ///
    /// One that is not exported shows that there is a list, and a list names what the fix adds only if the fix changes it.
    private func exportsEveryGlobal(of before: Set<String>) -> Bool {
        isSharedLibrary && before.isSubset(of: exported)
    }

    /// Linker version scripts by the names that are usual, OpenSSL's lists of ordinals, and glibc's `Versions`.
    private static func isVersionScript(_ file: String) -> Bool {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        return [".map", ".ver", ".vers", ".sym", ".syms", ".symbols", ".num", ".lds"].contains { name.hasSuffix($0) }
            || name == "Versions"
    }
}

extension UnitObject {
    /// The names of the functions and variables that other files see, and that can be exported; not those of which every
    /// file that uses them has its own (COMDAT).
    fileprivate func globals() -> Set<String> {
        let visible = object.symbols.filter { symbol in
            guard case .section(let holder) = symbol.place, symbol.visibility == .default,
                object.section(at: holder)?.flags.contains(.group) == false
            else { return false }
            return symbol.binding != .local && (symbol.kind == .function || symbol.kind == .object)
        }
        return Set(visible.map(\.name))
    }
}
