// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// How a unit's live patch refers to what the running kernel has.
package struct KernelLinkage: Sendable {
    /// The part of the kernel that the unit is in: `vmlinux`, or a module's name.
    package var parent: String
    /// The symbols of that part.
    package var symbols: ParentSymbols
    /// What the kernel exports.
    package var exports: ExportTable
    /// Where the unit's functions and data are known to lie, from comparing its code with the shipped one.
    package var addresses: [String: UInt64] = [:]
    /// Whether a symbol that is nowhere is left to the module's build; a builder that has all tables refuses it.
    package var leavesUnknownSymbols = false

    package init(parent: String, symbols: ParentSymbols, exports: ExportTable) {
        self.parent = parent
        self.symbols = symbols
        self.exports = exports
    }

    static let kernel = "vmlinux"

    /// How a reference is made.
    enum Symbol: Hashable {
        /// The module loader looks the name up among exported symbols.
        case exported(String)
        /// The livepatch core looks it up when the part is there: by name, and position among those of the name.
        case livepatch(LivepatchSymbol)
        /// The module's build decides: another object of the module may have it.
        case unknown(String)
    }

    /// What a symbol of another unit stands for.
    ///
    /// - Throws: ``KernelRefusal`` if it is nowhere, or which is meant cannot be told.
    func external(_ name: String, for function: String, of unit: KernelUnit) throws(KernelRefusal) -> Symbol {
        let export = exports[name]
        if let export, export.module == Self.kernel, export.namespace.isEmpty { return .exported(name) }
        // What the compiler's calls of the tracer go to is there for every module, whatever the tables have.
        if export == nil, KernelUnit.tracers.contains(name) { return .exported(name) }
        if let export, export.module != Self.kernel, export.moduleName != parent {
            return .livepatch(LivepatchSymbol(object: export.moduleName, name: name, position: 0, user: parent))
        }
        let positions = symbols.positions(of: name)
        let globals = positions.filter { symbols.entries[$0].isGlobal }
        if let only = globals.first, globals.count == 1 {
            return .livepatch(symbol(name, at: only, among: positions))
        }
        if export?.module == Self.kernel {
            return .livepatch(LivepatchSymbol(object: Self.kernel, name: name, position: 0, user: Self.kernel))
        }
        guard globals.isEmpty else {
            throw .ambiguousSymbol(unit: unit.name, symbol: name, parent: parent, count: globals.count)
        }
        if leavesUnknownSymbols { return .unknown(name) }
        throw .unknownSymbol(unit: unit.name, symbol: name, function: function, parent: parent)
    }

    /// What a function or datum of the unit itself is in the running kernel.
    ///
    /// - Throws: ``KernelRefusal`` if it is not there, or which is meant cannot be told.
    func own(_ piece: KernelPiece, for function: String, of unit: KernelUnit) throws(KernelRefusal) -> LivepatchSymbol {
        // A piece may have several names; any will do.
        for symbol in piece.symbols {
            let positions = symbols.positions(of: symbol.name)
            if let address = addresses[symbol.name],
                let known = positions.first(where: { symbols.entries[$0].address == address })
            {
                return self.symbol(symbol.name, at: known, among: positions)
            }
            if positions.count == 1 { return self.symbol(symbol.name, at: positions[0], among: positions) }
        }
        guard let symbol = piece.symbols.first else {
            throw .unknownSymbol(
                unit: unit.name, symbol: unit.section(piece.section).name, function: function, parent: parent)
        }
        let positions = symbols.positions(of: symbol.name)
        guard !positions.isEmpty else {
            throw .unknownSymbol(unit: unit.name, symbol: symbol.name, function: function, parent: parent)
        }
        let sources = unit.sourceFileName.map { symbols.sources(named: $0, having: unit.localNames) } ?? []
        let mine = positions.filter { position in
            piece.isGlobal
                ? symbols.entries[position].isGlobal : symbols.entries[position].file.map(sources.contains) ?? false
        }
        guard mine.count == 1 else {
            throw .ambiguousSymbol(unit: unit.name, symbol: symbol.name, parent: parent, count: positions.count)
        }
        return self.symbol(symbol.name, at: mine[0], among: positions)
    }

    private func symbol(_ name: String, at position: Int, among positions: [Int]) -> LivepatchSymbol {
        let number = positions.count == 1 ? 0 : (positions.firstIndex(of: position) ?? 0) + 1
        return LivepatchSymbol(object: parent, name: name, position: number, user: parent)
    }
}

/// A symbol that the livepatch core resolves; Documentation/livepatch/module-elf-format.rst.
struct LivepatchSymbol: Hashable, Sendable {
    /// The part of the kernel that has it.
    var object: String
    var name: String
    /// Which of those of the name, from 1; 0 if there is only one.
    var position: Int
    /// The part of the kernel at whose loading the reference is resolved.
    var user: String

    static let prefix = ".klp.sym."

    /// The name that the kernel reads.
    var symbolName: String { "\(Self.prefix)\(object).\(name),\(position)" }

    /// The name in an object file that is still to be linked, which tells the user as well.
    var draftName: String { symbolName + "@" + (object == KernelLinkage.kernel ? object : user) }

    /// Takes the name of an unlinked object apart.
    static func user(ofDraft name: String) -> (symbol: String, user: String)? {
        guard name.hasPrefix(prefix), let end = name.lastIndex(of: "@") else { return nil }
        return (String(name[..<end]), String(name[name.index(after: end)...]))
    }
}

extension KernelUnit {
    /// The names that the unit has for itself, and the linker notes with its source file.
    var localNames: Set<String> {
        var names: Set<String> = []
        for piece in pieces where piece.role == .code || piece.role.isData {
            for symbol in piece.symbols where symbol.binding == .local { names.insert(symbol.name) }
        }
        return names
    }
}
