// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Finds what in a shipped file refers to a function and is not replaced with it.
struct CallerScan {
    let target: ObjectFile
    /// The code that the patch replaces, by address.
    let replaced: [Range<UInt64>]

    /// Who may call a function that the patch changes, in words; empty if nobody outside of the patch can.
    func outsideCallers(of address: TargetAddress) -> [String] {
        var callers: [String] = []
        if target.dynamicSymbols.contains(where: { $0.place != .undefined && $0.value == address.rawValue }) {
            callers.append("it is exported: other programs and libraries may call it")
        }
        if target.dynamicRelocations.contains(where: { UInt64(bitPattern: $0.addend) == address.rawValue }) {
            callers.append("a table holds its address")
        }
        let places = codePlaces(thatReferTo: address)
        if !places.isEmpty {
            let shown = places.prefix(5).map(hexadecimal).joined(separator: ", ")
            let more = places.count > 5 ? " and \(places.count - 5) more" : ""
            callers.append("code that stays refers to it at \(shown)\(more)")
        }
        return callers
    }

    /// The branches of code that stays to some addresses: where their distances lie, and where they go.
    func branches<Value>(to addresses: [UInt64: Value]) -> [(place: UInt64, destination: UInt64)] {
        var found: [(place: UInt64, destination: UInt64)] = []
        forEachDistance(to: addresses) { place, destination, position, bytes in
            guard Branch(operandAt: position, of: bytes) != nil else { return }
            // The middle of another instruction may look like a branch.
            let begin = position - (bytes[position - 1] >= 0xe8 ? 1 : 2)
            guard EncodedInstruction.begins(at: begin, in: bytes) else { return }
            found.append((place, destination))
        }
        return found
    }

    /// The addresses of 32-bit fields in code that hold the distance to an address, as calls, jumps and `lea` have them.
    private func codePlaces(thatReferTo address: TargetAddress) -> [UInt64] {
        var places: [UInt64] = []
        forEachDistance(to: [address.rawValue: ()]) { place, destination, position, bytes in
            // A function follows padding, which is full of zeroes: zero is a distance only in a call or a jump.
            if destination == place &+ 4, Branch(operandAt: position, of: bytes) == nil { return }
            places.append(place)
        }
        return places
    }

    /// Calls a function with each four bytes of code that stays which are the distance to one of some addresses.
    ///
    /// What lies between instructions is not known, so that every position counts; one in four thousand million is chance.
    private func forEachDistance<Value>(
        to addresses: [UInt64: Value],
        _ body: (_ place: UInt64, _ destination: UInt64, _ position: Int, _ code: [UInt8]) -> Void
    ) {
        guard let lowest = addresses.keys.min(), let highest = addresses.keys.max() else { return }
        for section in target.sections where section.flags.contains(.execute) {
            let bytes = Array(section.contents)
            guard bytes.count >= 4 else { continue }
            var field = UInt32(bytes[0]) << 8 | UInt32(bytes[1]) << 16 | UInt32(bytes[2]) << 24
            for position in 3..<bytes.count {
                field = field >> 8 | UInt32(bytes[position]) << 24
                let next = section.address &+ UInt64(position + 1)
                let destination = next &+ UInt64(bitPattern: Int64(Int32(bitPattern: field)))
                guard destination >= lowest, destination <= highest, addresses[destination] != nil else { continue }
                let place = next &- 4
                if !replaced.contains(where: { $0.contains(place) }) { body(place, destination, position - 3, bytes) }
            }
        }
    }
}
