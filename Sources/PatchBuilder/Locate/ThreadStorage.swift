// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A thread-local variable as the linker knew it.
enum ThreadVariable: Hashable {
    /// One of the target's own, by its offset in the target's block.
    case own(Int64)
    /// One of another file, or one that another file may interpose.
    case named(String)
}

/// The thread-local storage of a shipped file: its block, and the slots by which its code reaches variables.
///
/// The dynamic linker fills the slots, whatever it decided about where the block lies. So code that goes through them
/// reaches what the file's own code reaches.
struct ThreadStorage {
    /// The variables by the slots of each kind; ELF Handling For Thread-Local Storage, 4.
    enum Slot: Hashable {
        /// Module number and offset, for `__tls_get_addr`.
        case pair
        /// The offset from the thread pointer.
        case offset
        /// A function and its argument.
        case descriptor
    }

    private struct Key: Hashable {
        var slot: Slot
        var variable: ThreadVariable
    }

    /// The block's length with what the alignment adds, for a program: its block ends at the thread pointer.
    let programBlock: Int64?
    private var slots: [Key: TargetAddress] = [:]
    private var variables: [TargetAddress: ThreadVariable] = [:]
    private var symbols: [String: ThreadVariable] = [:]

    /// Reads a file's tables.
    init(of target: ObjectFile) {
        let segment = target.segments.first { $0.type == .tls }
        let alignment = Int64(clamping: max(1, segment?.alignment ?? 1))
        let size = Int64(clamping: min(segment?.memorySize ?? 0, 1 << 40))
        programBlock =
            segment != nil && !target.isSharedLibrary
            ? (size + alignment - 1) / alignment * alignment : nil
        for symbol in target.symbols + target.dynamicSymbols
        where symbol.kind == .tls && symbol.binding != .local {
            let isFinal =
                programBlock != nil || target.isBoundSymbolically || symbol.visibility != .default
            guard case .section = symbol.place, isFinal else {
                symbols[symbol.name] = .named(symbol.name)
                continue
            }
            symbols[symbol.name] = .own(Int64(bitPattern: symbol.value))
        }
        for relocation in target.dynamicRelocations { add(relocation, of: target) }
    }

    private mutating func add(_ relocation: Relocation, of target: ObjectFile) {
        let slot: Slot
        switch relocation.type {
        case .tlsModule64: slot = .pair
        case .tlsThreadOffset64: slot = .offset
        case .tlsDescriptor: slot = .descriptor
        default: return
        }
        let address = TargetAddress(rawValue: relocation.offset)
        let variable: ThreadVariable
        if relocation.symbol != .null,
            target.dynamicSymbols.indices.contains(relocation.symbol.rawValue)
        {
            let name = target.dynamicSymbols[relocation.symbol.rawValue].name
            variable = symbols[name] ?? .named(name)
        } else if slot == .pair {
            // What is the target's own stands in the file, behind the module's number.
            guard let bytes = target.bytes(atAddress: relocation.offset &+ 8, count: 8) else { return }
            variable = .own(bytes.reversed().reduce(0) { $0 << 8 | Int64($1) })
        } else {
            variable = .own(relocation.addend)
        }
        slots[Key(slot: slot, variable: variable)] = address
        variables[address] = variable
    }

    /// The slot of a kind by which the target reaches a variable, if it has one.
    func slot(_ slot: Slot, of variable: ThreadVariable) -> TargetAddress? {
        slots[Key(slot: slot, variable: variable)]
    }

    /// The variable that a slot is for.
    func variable(of slot: TargetAddress) -> ThreadVariable? { variables[slot] }

    /// A variable that other files see, by its name, as far as the target's symbols tell.
    func variable(named name: String) -> ThreadVariable? { symbols[name] }
}
