// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The symbols of a rebuilt target that has the shipped one's build ID, and so its layout.
///
/// Where a unit's code is in the target more than once, they say which of the places is this unit's.
package struct RebuiltSymbols {
    private struct Function: Hashable {
        var name: String
        var address: UInt64
    }

    /// The functions that other units can call.
    private var shared: Set<Function> = []
    /// The functions of one unit alone, with the source file that the compiler gave.
    private var local: [Function: Set<String>] = [:]

    /// Reads the symbols; nil if another file came out of the build, or one without symbols.
    init?(of rebuilt: RebuiltFile?, for target: ObjectFile) {
        guard let rebuilt, rebuilt.buildID == target.buildID, let bytes = try? Files.read(rebuilt.path),
            let unstripped = try? ObjectFile(parsing: bytes)
        else { return nil }
        var file = ""
        for symbol in unstripped.symbols {
            // ELF gABI, “Symbol Table”: an STT_FILE symbol precedes the other local symbols of its file.
            if symbol.kind == .file { file = symbol.name }
            guard symbol.kind == .function || symbol.kind == .indirectFunction else { continue }
            let function = Function(name: symbol.name, address: symbol.value)
            if symbol.binding == .local { local[function, default: []].insert(file) } else { shared.insert(function) }
        }
        guard !shared.isEmpty || !local.isEmpty else { return nil }
    }

    /// Whether a unit's section may lie at an address: all its functions have their symbols there.
    func agree(with section: SectionIndex, of unit: UnitObject, at address: TargetAddress) -> Bool {
        let functions = unit.functions.values.filter { $0.place == .section(section) }
        let source = unit.source.split(separator: "/").last.map(String.init) ?? unit.source
        return !functions.isEmpty
            && functions.allSatisfy { symbol in
                let place = address.rawValue &+ symbol.value
                let function = Function(name: symbol.name, address: place)
                // A version script may have made it local, in which case it is in its file's symbols or in none's.
                return symbol.binding == .local
                    ? local[function]?.contains(source) == true
                    : shared.contains(function) || local[function] != nil
            }
    }
}

extension RebuiltSymbols {
    /// Why the symbols of a rebuilt target do not say where a unit is.
    package enum Answer: Hashable, Sendable {
        /// The whole source was not built.
        case notAsked
        /// The build made another file.
        case differs(buildID: String)
        /// The file has no symbols, or they fit several places or none.
        case silent
    }
}

extension RebuiltSymbols.Answer: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAsked:
            "the symbols of a rebuilt target tell which one is meant, and this proof is missing: add --prove-rebuild"
        case .differs(let buildID):
            "the symbols of a rebuilt target would tell which one is meant, and the build here makes another file, with "
                + "the build ID \(buildID); build in the release and with the compiler that it comes from"
        case .silent:
            "not even the symbols of the rebuilt target tell which one is meant; leave this file out of the fix"
        }
    }
}
