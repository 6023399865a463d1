// SPDX-License-Identifier: Apache-2.0

extension GimpleFunction {
    /// The function in which what is reached through the address of a place has the place's own name.
    ///
    /// The kernel's `READ_ONCE()` and `WRITE_ONCE()` take an address to reach it as volatile memory:
    /// `_1 = &v_2(D)->counter; MEM[(volatile int *)_1] ={v} 0;` stores what `v_2(D)->counter = 0;` does. Only values are
    /// followed that the compiler has made for one expression, that are used for nothing else, and whose type is the
    /// memory's: whatever takes a member for another type may mean its neighbours, too.
    func namingPlaces() -> GimpleFunction {
        let places = addressedPlaces
        guard !places.isEmpty else { return self }
        var named = self
        for block in named.blocks.indices {
            for statement in named.blocks[block].statements.indices {
                named.blocks[block].statements[statement].name(places)
            }
        }
        return named
    }

    /// The places that values are the address of, by the values.
    private var addressedPlaces: [String: GimpleReference] {
        var places: [String: GimpleReference] = [:]
        var assigned: [String: Int] = [:]
        // How often a value is named, and how often that is in memory where it leads.
        var named: [String: Int] = [:]
        var followed: [String: Int] = [:]
        for statement in blocks.lazy.flatMap(\.statements) {
            if let (value, place) = statement.address { places[value] = place }
            for target in statement.targets {
                if target.isPlain {
                    assigned[target.base, default: 0] += 1
                } else if !statement.isAssembly {
                    count(target, &named, &followed)
                }
            }
            for use in statement.uses { count(use, &named, &followed) }
        }
        return places.filter { value, _ in
            assigned[value] == 1 && named[value, default: 0] == followed[value, default: 0]
        }
    }

    private func count(_ use: GimpleReference, _ named: inout [String: Int], _ followed: inout [String: Int]) {
        guard use.type != nil else {
            named[use.base, default: 0] += 1
            return
        }
        // Memory of a stated type names its pointer once more.
        let isAll = use.steps.isEmpty && !use.isAddress && !use.isFollowed
        guard isAll, let pointer = use.pointer, pointer == types[use.base] else {
            named[use.base, default: 0] += 1
            return
        }
        followed[use.base, default: 0] += 1
    }
}

extension GimpleStatement {
    /// What is written.
    var targets: [GimpleReference] {
        switch action {
        case .assign(let target, _): [target]
        case .call(_, let result): result.map { [$0] } ?? []
        case .assembly(let written): written
        case .end, .look: []
        }
    }

    /// Whether it is assembler text, whose uses have what it writes, too.
    fileprivate var isAssembly: Bool { if case .assembly = action { true } else { false } }

    /// The value that a statement makes the address of a place, with the place.
    fileprivate var address: (value: String, place: GimpleReference)? {
        guard case .assign(let target, let operands) = action, target.isPlain, operands.count == 1,
            let place = operands[0].reference, place.isAddress, !operands[0].isComputed
        else { return nil }
        return (target.base, place)
    }

    /// Gives what values lead to the names of the places that they are the addresses of.
    fileprivate mutating func name(_ places: [String: GimpleReference]) {
        if let address, let place = places[address.value] {
            action = .look
            if let position = uses.firstIndex(of: place) { uses.remove(at: position) }
            return
        }
        uses.removeAll { $0.isPlain && places[$0.base] != nil }
        uses = uses.map { $0.named(by: places) }
        switch action {
        case .assign(let target, let operands):
            action = .assign(to: target.named(by: places), from: operands.map { $0.named(by: places) })
        case .call(var call, let result):
            call.arguments = call.arguments.map { $0.named(by: places) }
            action = .call(call, result: result?.named(by: places))
        case .end(let operand): action = .end(operand?.named(by: places))
        case .assembly(let written): action = .assembly(written: written.map { $0.named(by: places) })
        case .look: break
        }
    }
}

extension GimpleReference {
    fileprivate func named(by places: [String: GimpleReference]) -> GimpleReference {
        guard type != nil, var place = places[base] else { return self }
        place.isAddress = false
        return place
    }
}

extension GimpleOperand {
    fileprivate func named(by places: [String: GimpleReference]) -> GimpleOperand {
        var named = self
        named.reference = reference?.named(by: places)
        return named
    }
}
