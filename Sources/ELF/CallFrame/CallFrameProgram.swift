// SPDX-License-Identifier: Apache-2.0

/// The program that builds the rules of a function's instructions one after the other; DWARF 5, 6.4.2.
struct CallFrameProgram {
    private let entry: CallFrameEntry
    /// The instruction whose rules are wanted.
    private let instruction: UInt64
    private var location: UInt64
    private var row = CallFrameRow()
    private var initial = CallFrameRow()
    private var remembered: [CallFrameRow] = []

    /// How many rows may be remembered at once.
    private static let depth = 32

    /// Prepares the program of a function.
    init(of entry: CallFrameEntry, until instruction: UInt64) {
        self.entry = entry
        self.instruction = instruction
        location = entry.start
    }

    /// Runs the common part and then the function's own; nil for what cannot be followed.
    mutating func run() -> CallFrameRow? {
        guard run(entry.common.program, at: entry.common.programAddress) != nil else { return nil }
        initial = row
        guard run(entry.program, at: entry.programAddress) != nil else { return nil }
        return row
    }

    private mutating func run(_ program: [UInt8], at address: UInt64) -> Void? {
        var cursor = CallFrameCursor(program, at: address)
        while !cursor.isAtEnd {
            guard let next = step(&cursor) else { return nil }
            // Rows ascend: the first that begins behind the instruction ends the search.
            guard next <= instruction else { return () }
            location = next
        }
        return ()
    }

    /// Does what one operation says.
    ///
    /// - Returns: Where the row is about afterwards.
    private mutating func step(_ cursor: inout CallFrameCursor) -> UInt64? {
        guard let operation = cursor.byte() else { return nil }
        let operand = operation & 0x3f
        switch operation & 0xc0 {
        case DW_CFA_advance_loc: return advanced(UInt64(operand))
        case DW_CFA_offset: return cursor.unsigned().flatMap { saved(UInt64(operand), factored($0)) }
        case DW_CFA_restore: return restore(UInt64(operand))
        default: break
        }
        switch operation {
        case DW_CFA_nop: return location
        case DW_CFA_set_loc:
            return cursor.pointer(entry.common.pointerEncoding).flatMap { $0 >= location ? $0 : nil }
        case DW_CFA_advance_loc1: return cursor.number(ofSize: 1).flatMap { advanced($0) }
        case DW_CFA_advance_loc2: return cursor.number(ofSize: 2).flatMap { advanced($0) }
        case DW_CFA_advance_loc4: return cursor.number(ofSize: 4).flatMap { advanced($0) }
        case DW_CFA_GNU_args_size: return cursor.unsigned().map { _ in location }
        case DW_CFA_remember_state:
            guard remembered.count < Self.depth else { return nil }
            remembered.append(row)
            return location
        case DW_CFA_restore_state:
            guard let last = remembered.popLast() else { return nil }
            row = last
            return location
        case DW_CFA_def_cfa...DW_CFA_def_cfa_expression, DW_CFA_def_cfa_sf, DW_CFA_def_cfa_offset_sf:
            guard let frame = frame(operation, &cursor) else { return nil }
            row.frame = frame
            return location
        default:
            guard let register = cursor.unsigned() else { return nil }
            if operation == DW_CFA_restore_extended { return restore(register) }
            guard let rule = rule(operation, &cursor) else { return nil }
            return set(register, rule)
        }
    }

    private func frame(_ operation: UInt8, _ cursor: inout CallFrameCursor) -> CallFrameRow.Frame? {
        if operation == DW_CFA_def_cfa_expression {
            return cursor.expression().map { .expression($0) }
        }
        var register: Int?
        var offset: Int64 = 0
        if case .register(let now, let before) = row.frame { (register, offset) = (now, before) }
        // A register takes over the offset that another had.
        if operation == DW_CFA_def_cfa_register, register == nil { return nil }
        if [DW_CFA_def_cfa, DW_CFA_def_cfa_sf, DW_CFA_def_cfa_register].contains(operation) {
            register = cursor.unsigned().flatMap { Int(exactly: $0) }
        }
        switch operation {
        case DW_CFA_def_cfa, DW_CFA_def_cfa_offset:
            guard let value = cursor.unsigned() else { return nil }
            offset = Int64(value)
        case DW_CFA_def_cfa_sf, DW_CFA_def_cfa_offset_sf:
            guard let value = cursor.signed() else { return nil }
            offset = value &* entry.common.dataAlignment
        default: break
        }
        return register.map { .register($0, offset: offset) }
    }

    private func rule(_ operation: UInt8, _ cursor: inout CallFrameCursor) -> CallFrameRow.Rule? {
        switch operation {
        case DW_CFA_offset_extended: cursor.unsigned().map { .saved(offset: factored($0)) }
        case DW_CFA_offset_extended_sf: cursor.signed().map { .saved(offset: $0 &* entry.common.dataAlignment) }
        case DW_CFA_undefined: .undefined
        case DW_CFA_same_value: .same
        case DW_CFA_register: cursor.unsigned().flatMap { Int(exactly: $0) }.map { .register($0) }
        case DW_CFA_expression: cursor.expression().map { .savedByExpression($0) }
        case DW_CFA_val_expression: cursor.expression().map { .valueOfExpression($0) }
        case DW_CFA_val_offset: cursor.unsigned().map { .value(offset: factored($0)) }
        case DW_CFA_val_offset_sf: cursor.signed().map { .value(offset: $0 &* entry.common.dataAlignment) }
        default: nil
        }
    }

    private func factored(_ offset: UInt64) -> Int64 { Int64(bitPattern: offset) &* entry.common.dataAlignment }

    private func advanced(_ count: UInt64) -> UInt64? {
        let (distance, tooFar) = count.multipliedReportingOverflow(by: entry.common.codeAlignment)
        let (next, overflow) = location.addingReportingOverflow(distance)
        return tooFar || overflow ? nil : next
    }

    private mutating func saved(_ register: UInt64, _ offset: Int64) -> UInt64? {
        set(register, .saved(offset: offset))
    }

    private mutating func set(_ register: UInt64, _ rule: CallFrameRow.Rule) -> UInt64? {
        guard let register = Int(exactly: register) else { return nil }
        // Vector registers and the like are not followed.
        if register < CallFrameRegisters.count { row.rules[register] = rule }
        return location
    }

    private mutating func restore(_ register: UInt64) -> UInt64? {
        guard let register = Int(exactly: register) else { return nil }
        row.rules[register] = initial.rules[register]
        return location
    }
}

extension CallFrameCursor {
    fileprivate mutating func expression() -> CallFrameExpression? {
        unsigned().flatMap { bytes($0) }.map { CallFrameExpression(bytes: $0) }
    }
}
