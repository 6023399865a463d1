// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Whether a unit is part of a shipped file at all, told by the names of what it defines.
///
/// A source that a configuration leaves out can be compiled all the same, and some of what it then has is in the kernel
/// as well: functions of headers that many units have a copy of. What tells is what only the unit defines.
struct KernelPresence {
    /// The unit's functions that the file lacks, in the unit's order.
    private(set) var missing: [String] = []
    /// Whether the file has nothing that only this unit can have brought.
    let isElsewhere: Bool

    /// Looks a unit's names up.
    ///
    /// - Parameters:
    ///   - unit: the unit as the kernel's own rules build it.
    ///   - isShipped: whether the file has a symbol of a name.
    init(of unit: KernelUnit, isShipped: (String) -> Bool) {
        var globals = (shipped: 0, missing: 0)
        var locals = (shipped: 0, missing: 0)
        for piece in unit.pieces where Self.isTold(piece, in: unit) {
            // A weak function may have given way to another unit's, and an alias is where its function is.
            guard let symbol = piece.symbols.first, piece.symbols.allSatisfy({ $0.binding != .weak }) else { continue }
            let isHere = piece.symbols.contains { isShipped($0.name) }
            if piece.isGlobal {
                if isHere { globals.shipped += 1 } else { globals.missing += 1 }
            } else if isHere {
                locals.shipped += 1
            } else {
                locals.missing += 1
            }
            if !isHere, piece.isFunction { missing.append(symbol.name) }
        }
        // Names of static functions occur more than once in a kernel, those that units share do not.
        isElsewhere =
            globals.shipped > 0 || globals.missing > 0
            ? globals.shipped == 0 : locals.missing > locals.shipped
    }

    /// Functions, also those of the start, and what other units refer to.
    private static func isTold(_ piece: KernelPiece, in unit: KernelUnit) -> Bool {
        switch piece.role {
        case .code: true
        // What runs when a module goes is not in a kernel that has no modules to take away.
        case .initialization: unit.section(piece.section).name.hasPrefix(".init.text")
        case .constants, .variables: piece.isGlobal
        case .fragments, .merged, .special, .replacements, .table, .ignored: false
        }
    }
}
