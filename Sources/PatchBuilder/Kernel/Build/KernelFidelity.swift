// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Proves that a unit was built as the shipped kernel was: each of its functions is there, byte by byte, and refers to the
/// same things.
struct KernelFidelity {
    /// The names of the functions that are as shipped.
    private(set) var equal: Set<String> = []
    /// What is not as shipped, with where it differs.
    private(set) var different: [String: String] = [:]
    /// Whether the unit is no part of the shipped file.
    let isElsewhere: Bool
    /// Where the unit's functions and data lie in vmlinux, as the shipped code tells.
    private(set) var addresses: [String: UInt64] = [:]

    /// Compares a unit with vmlinux.
    init(of unit: KernelUnit, in kernel: ShippedKernel) throws(KernelRefusal) {
        let presence = KernelPresence(of: unit) { !kernel.symbols.positions(of: $0).isEmpty }
        isElsewhere = presence.isElsewhere
        guard !isElsewhere else { return }
        for name in presence.missing { different[name] = Self.missing }
        var located: [Int: Set<UInt64>] = [:]
        for piece in unit.pieces.indices where unit.pieces[piece].isFunction {
            guard let symbol = unit.pieces[piece].symbols.first else { continue }
            let candidates = kernel.symbols.positions(of: symbol.name).map { kernel.symbols.entries[$0].address }
            guard !candidates.isEmpty else { continue }
            var problem: String?
            var found: [(address: UInt64, places: [Int: UInt64])] = []
            for address in candidates {
                var places: [Int: UInt64] = [:]
                if let difference = try Self.difference(piece, of: unit, at: address, in: kernel, &places) {
                    problem = problem ?? difference
                } else {
                    found.append((address, places))
                }
            }
            guard !found.isEmpty else {
                // A weak function may have given way to another unit's.
                if symbol.binding != .weak { different[symbol.name] = problem }
                continue
            }
            equal.insert(symbol.name)
            guard found.count == 1, let only = found.first else { continue }
            located[piece, default: []].insert(only.address)
            for (target, address) in only.places { located[target, default: []].insert(address) }
        }
        Self.placeNeighbours(&located, unit)
        for (piece, places) in located {
            guard let address = places.first, places.count == 1 else {
                different[unit.title(of: piece)] = "its users take it to be at different addresses"
                continue
            }
            for symbol in unit.pieces[piece].symbols { addresses[symbol.name] = address }
        }
    }

    /// The linker keeps a section together: where one function of it is, the others are beside it.
    ///
    /// That also tells which of several equal functions of one name is the unit's.
    private static func placeNeighbours(_ located: inout [Int: Set<UInt64>], _ unit: KernelUnit) {
        var bases: [SectionIndex: Set<UInt64>] = [:]
        for (piece, places) in located where unit.pieces[piece].isFunction {
            for place in places {
                bases[unit.pieces[piece].section, default: []].insert(place &- unit.pieces[piece].entry)
            }
        }
        for piece in unit.pieces.indices where unit.pieces[piece].isFunction && !unit.pieces[piece].symbols.isEmpty {
            guard let known = bases[unit.pieces[piece].section], known.count == 1, let base = known.first,
                unit.pieces[piece].symbols.allSatisfy({ $0.binding != .weak })
            else { continue }
            located[piece, default: []].insert(base &+ unit.pieces[piece].entry)
        }
    }

    /// Compares a unit with a module, whose file has the symbols and relocations still.
    init(of unit: KernelUnit, in module: KernelUnit) throws(KernelRefusal) {
        var named: [String: [Int]] = [:]
        for piece in module.pieces.indices where module.pieces[piece].isFunction {
            for symbol in module.pieces[piece].symbols { named[symbol.name, default: []].append(piece) }
        }
        let all = Set(module.object.symbols.lazy.filter { $0.place != .undefined }.map(\.name))
        let presence = KernelPresence(of: unit, isShipped: all.contains)
        isElsewhere = presence.isElsewhere
        guard !isElsewhere else { return }
        for name in presence.missing { different[name] = Self.missing }
        for piece in unit.pieces.indices where unit.pieces[piece].isFunction {
            guard let symbol = unit.pieces[piece].symbols.first else { continue }
            guard let candidates = named[symbol.name] else { continue }
            let mine = try unit.contents(of: piece) { .existing($0) }
            var isFound = false
            for candidate in candidates where !isFound {
                let theirs = try module.contents(of: candidate) { .existing($0) }
                isFound = Self.areEqual((mine, unit), (theirs, module))
            }
            if isFound { equal.insert(symbol.name) } else { different[symbol.name] = "the module's code differs" }
        }
    }

    private static let missing = "the shipped file has no such function"

    /// How a function differs from what vmlinux has at an address; nil if it does not.
    private static func difference(
        _ number: Int, of unit: KernelUnit, at address: UInt64, in kernel: ShippedKernel, _ places: inout [Int: UInt64]
    ) throws(KernelRefusal) -> String? {
        let piece = unit.pieces[number]
        let mine = unit.plainBytes(of: number)
        let start = address &- (piece.entry &- piece.range.lowerBound)
        guard let shipped = kernel.bytes(at: start, count: mine.count) else { return "not in the shipped file" }
        let theirs = Array(shipped)
        let references = try unit.references(in: piece.section, piece.range)
        var masked = mine
        for reference in references {
            guard let field = field(of: reference, in: theirs) else { return "a field lies outside of it" }
            for position in field { masked[position] = theirs[position] }
        }
        if let offset = masked.indices.first(where: { masked[$0] != theirs[$0] }) {
            return "other bytes at offset \(offset) of \(mine.count), at \(hexadecimal(start))"
        }
        for reference in references {
            guard let field = field(of: reference, in: theirs), let shape = FieldShape(reference.type) else { continue }
            var value = theirs[field].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            if field.count == 4, reference.type != .absolute32 {
                value = UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: value)))
            }
            var target = value &- UInt64(bitPattern: reference.addend)
            if shape.meaning == .relative { target &+= start &+ reference.offset }
            guard refers(reference.target, to: target, in: unit, kernel, &places) else {
                return "the field at offset \(reference.offset) refers to something else"
            }
        }
        return nil
    }

    private static func field(of reference: KernelReference, in bytes: [UInt8]) -> Range<Int>? {
        guard let width = FieldShape(reference.type)?.width, let offset = Int(exactly: reference.offset),
            offset + width <= bytes.count
        else { return nil }
        return offset..<offset + width
    }

    private static func refers(
        _ target: KernelReference.Target, to address: UInt64, in unit: KernelUnit, _ kernel: ShippedKernel,
        _ places: inout [Int: UInt64]
    ) -> Bool {
        func isPlace(of name: String) -> Bool {
            let positions = kernel.symbols.positions(of: name)
            // The linker's own symbols are not all in the kernel's list.
            return positions.isEmpty || positions.contains { kernel.symbols.entries[$0].address == address }
        }
        switch target {
        case .external(let name): return isPlace(of: name)
        case .replacement: return true
        case .constant(let bytes, _):
            // A merged constant may be the end of a longer one; what is freed after the start is not in all files.
            return kernel.bytes(at: address, count: bytes.count).map { $0.elementsEqual(bytes) } ?? true
        case .piece(let piece):
            let entry = address &+ (unit.pieces[piece].entry &- unit.pieces[piece].range.lowerBound)
            if let known = places[piece], known != entry { return false }
            places[piece] = entry
            let names = unit.pieces[piece].symbols.map(\.name)
            return names.allSatisfy { name in
                let positions = kernel.symbols.positions(of: name)
                return positions.isEmpty || positions.contains { kernel.symbols.entries[$0].address == entry }
            }
        }
    }
}
