// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Finds every place of a shipped file that calls a function, jumps to it, or holds its address.
///
/// All code is read byte by byte: four bytes that say the distance to the function are a reference. Code that only
/// looks like one would have to hit the exact distance by chance, which is one in four thousand million.
struct CallerSearch {
    private let target: ObjectFile
    private let symbols: SymbolMap
    /// Which function is meant by an address: its entry, or a stub of the linkage table that leads to it.
    private var functions: [UInt64: Int] = [:]
    /// Which function a slot of the global offset table holds the address of.
    private var slots: [UInt64: Int] = [:]
    private var callers: [Set<ReviewDocument.Caller>]

    /// Searches a target for references to functions, given by address.
    ///
    /// - Returns: The callers of each, by address.
    static func callers(
        of functions: [TargetAddress], in target: ObjectFile, symbols: SymbolMap
    ) -> [[ReviewDocument.Caller]] {
        var search = CallerSearch(target: target, symbols: symbols, count: functions.count)
        for (position, address) in functions.enumerated() { search.functions[address.rawValue] = position }
        search.findSlotsAndPointers()
        search.findStubs()
        search.findReferences()
        return search.callers.map { $0.sorted { ($0.address, $0.kind.rawValue) < ($1.address, $1.kind.rawValue) } }
    }

    private init(target: ObjectFile, symbols: SymbolMap, count: Int) {
        self.target = target
        self.symbols = symbols
        callers = Array(repeating: [], count: count)
    }

    /// What the loader fills with a function's address: slots of the global offset table, and data.
    private mutating func findSlotsAndPointers() {
        for relocation in target.dynamicRelocations {
            guard let value = address(from: relocation), let function = functions[value] else { continue }
            switch relocation.type {
            case .jumpSlot, .globalData: slots[relocation.offset] = function
            default: add(.pointer, at: relocation.offset, to: function)
            }
        }
        guard target.header.type == .executable else { return }
        // In a program with a fixed address nothing is relocated: pointers are in the file as they will be.
        for section in target.sections where section.flags.contains(.allocate) && !section.flags.contains(.execute) {
            let contents = section.contents
            for offset in stride(from: 0, through: contents.count - 8, by: 8) {
                let word = contents[contents.startIndex + offset..<contents.startIndex + offset + 8]
                let value = word.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                guard let function = functions[value] else { continue }
                add(.pointer, at: section.address &+ UInt64(offset), to: function)
            }
        }
    }

    /// The address that a relocation stores, if it is one in the target.
    private func address(from relocation: Relocation) -> UInt64? {
        switch relocation.type {
        case .relative: return UInt64(bitPattern: relocation.addend)
        case .jumpSlot, .globalData, .absolute64:
            guard target.dynamicSymbols.indices.contains(relocation.symbol.rawValue) else { return nil }
            let symbol = target.dynamicSymbols[relocation.symbol.rawValue]
            guard case .section = symbol.place else { return nil }
            return symbol.value &+ UInt64(bitPattern: relocation.type == .absolute64 ? relocation.addend : 0)
        default: return nil
        }
    }

    /// Stubs of the linkage table: code in `.plt` and its like that jumps through a slot; each has 16 bytes.
    private mutating func findStubs() {
        guard !slots.isEmpty else { return }
        for section in target.sections where section.name.hasPrefix(".plt") && section.flags.contains(.execute) {
            forEachDistance(in: section) { _, field, destination in
                guard let function = slots[destination] else { return }
                functions[(field &- section.address) / 16 &* 16 &+ section.address] = function
            }
        }
    }

    /// `mov register, address`, `mov place, address` and `push address` in a program with a fixed address.
    private mutating func findAbsoluteReferences(in section: Section) {
        let code = section.contents
        var word: UInt32 = 0
        var found: [(offset: Int, function: Int)] = []
        for (position, byte) in code.enumerated() {
            word = word >> 8 | UInt32(byte) << 24
            guard position >= 4, let function = functions[UInt64(word)] else { continue }
            let before = window(code, position - 3).prefix(min(2, position - 3))
            let isOperand = before.last.map { (0xb8...0xbf).contains($0) || $0 == 0x68 } ?? false
            if isOperand || before.first == 0xc7 { found.append((position - 3, function)) }
        }
        for reference in found {
            add(.address, at: section.address &+ UInt64(reference.offset), to: reference.function)
        }
    }

    private mutating func findReferences() {
        for section in target.sections where section.flags.contains([.allocate, .execute]) {
            var found: [(kind: ReviewDocument.Caller.Kind, address: UInt64, function: Int)] = []
            let isLinkage = section.name.hasPrefix(".plt")
            forEachDistance(in: section) { offset, field, destination in
                if let function = functions[destination] {
                    guard let kind = kind(ofFieldAt: offset, in: section.contents) else { return }
                    found.append((kind, field, function))
                } else if !isLinkage, let function = slots[destination] {
                    found.append((kind(ofSlotFieldAt: offset, in: section.contents), field, function))
                }
            }
            for reference in found { add(reference.kind, at: reference.address, to: reference.function) }
            if target.header.type == .executable { findAbsoluteReferences(in: section) }
        }
    }

    /// Calls a function with every four bytes of a section's code: their offset, their address, and the address that is
    /// meant if they are the distance to it from their end.
    private func forEachDistance(in section: Section, _ body: (Int, UInt64, UInt64) -> Void) {
        let wanted = Array(functions.keys) + slots.keys
        guard let lowest = wanted.min(), let highest = wanted.max() else { return }
        var word: UInt32 = 0
        var position = 0
        for byte in section.contents {
            word = word >> 8 | UInt32(byte) << 24
            position += 1
            let destination = section.address &+ UInt64(position) &+ UInt64(bitPattern: Int64(Int32(bitPattern: word)))
            guard destination >= lowest, destination <= highest, position >= 4 else { continue }
            body(position - 4, section.address &+ UInt64(position - 4), destination)
        }
    }

    /// A branch, or `lea` of an address that counts from the next instruction (SDM volume 2, 2.2.1.6: ModRM 00 reg 101).
    ///
    /// Nil for anything else: zeros in front of a function are no reference to it.
    private func kind(ofFieldAt offset: Int, in code: ArraySlice<UInt8>) -> ReviewDocument.Caller.Kind? {
        let window = window(code, offset)
        switch Branch(operandAt: min(offset, 2), of: window) {
        case .call: return .call
        case .jump: return .jump
        case nil: return offset >= 2 && window[0] == 0x8d && window[1] & 0xc7 == 0x05 ? .address : nil
        }
    }

    /// `call *slot`, `jmp *slot`, or a load of the slot; Intel SDM volume 2, CALL and JMP: FF /2 and FF /4.
    private func kind(ofSlotFieldAt offset: Int, in code: ArraySlice<UInt8>) -> ReviewDocument.Caller.Kind {
        switch Array(window(code, offset).prefix(2)) {
        case [0xff, 0x15]: .call
        case [0xff, 0x25]: .jump
        default: .address
        }
    }

    /// Up to two bytes before an offset, and what follows.
    private func window(_ code: ArraySlice<UInt8>, _ offset: Int) -> [UInt8] {
        let start = max(0, offset - 2)
        return Array(code[code.startIndex + start..<min(code.endIndex, code.startIndex + offset + 4)])
    }

    private mutating func add(_ kind: ReviewDocument.Caller.Kind, at address: UInt64, to function: Int) {
        callers[function].insert(.init(address: address, kind: kind, symbol: symbols.owner(of: address)))
    }
}
