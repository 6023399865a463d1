// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// How a function calls the kernel's tracer at its entry.
struct TracerCall: Hashable {
    /// Where the call is, from the function's beginning.
    var offset: UInt64
    /// The symbol that it calls.
    var symbol: String
    /// Whether a tool has put an instruction without effect in place of the call.
    var isErased: Bool
}

extension KernelUnit {
    /// Whether the kernel's tracer can be told to enter a function.
    ///
    /// The compiler, or a tool behind it, says so in one of several ways: a list of the calls, the call itself, or a list
    /// of the places that are kept free for one.
    func isTraceable(_ piece: Int) -> Bool {
        if has(recordIn: "__mcount_loc", of: piece) || tracerCall(of: piece) != nil { return true }
        return !hasTracerCalls && has(recordIn: "__patchable_function_entries", of: piece)
    }

    func has(recordIn section: String, of piece: Int) -> Bool {
        recordsOfPiece[piece].contains { records[$0].kind.name == section }
    }

    /// The call of the tracer at a function's entry.
    func tracerCall(of piece: Int) -> TracerCall? {
        let part = pieces[piece]
        guard part.isFunction else { return nil }
        var start = part.entry
        if section(part.section).bytes(at: start, count: 4).map({ $0.elementsEqual(Self.endbr64) }) == true {
            start &+= 4
        }
        let field = start &+ 1
        guard field > start,
            let relocation = relocations(in: part.section, field..<max(field, field &+ 1)).first,
            object.symbols.indices.contains(relocation.symbol.rawValue)
        else { return nil }
        let symbol = object.symbols[relocation.symbol.rawValue]
        guard Self.tracers.contains(symbol.name) else { return nil }
        return TracerCall(
            offset: start &- part.range.lowerBound, symbol: symbol.name, isErased: relocation.type == .none)
    }

    private var hasTracerCalls: Bool {
        object.section(named: "__mcount_loc") != nil || object.symbols.contains { Self.tracers.contains($0.name) }
    }

    static let tracers: Set<String> = ["__fentry__", "mcount", "_mcount"]
    private static let endbr64: [UInt8] = [0xf3, 0x0f, 0x1e, 0xfa]
}
