// SPDX-License-Identifier: Apache-2.0

// Intel SDM volume 2, 2.1 (format), 2.3 (VEX), 2.7 (EVEX) and appendix A (opcode maps).
extension Instruction {
    /// The instructions of a run of code, or nil if some bytes of it are no instruction that is known here.
    static func all(in code: [UInt8]) -> [Instruction]? {
        var instructions: [Instruction] = []
        var offset = 0
        while offset < code.count {
            guard let instruction = Instruction(at: offset, of: code) else { return nil }
            instructions.append(instruction)
            offset = instruction.end
        }
        return instructions
    }

    /// The instruction that begins at an offset, or nil if there is none that is known and whole.
    init?(at offset: Int, of code: [UInt8]) {
        var reader = InstructionReader(code: code, position: offset)
        guard reader.read(), reader.position - offset <= Self.longest else { return nil }
        self.init(
            offset: offset, length: reader.position - offset, kind: reader.kind,
            prefixes: reader.allPrefixes, distanceWidth: reader.distanceWidth)
    }

    /// The most bytes that an instruction has.
    private static let longest = 15
}

/// Reads one instruction from its first prefix to its last immediate byte.
private struct InstructionReader {
    let code: [UInt8]
    var position: Int
    var kind = Instruction.Kind.other
    var prefixes: [UInt8] = []
    var distanceWidth = 0
    private var rex: UInt8 = 0

    init(code: [UInt8], position: Int) {
        self.code = code
        self.position = position
    }

    /// All prefixes, the REX prefix as the last.
    var allPrefixes: [UInt8] { prefixes + (rex == 0 ? [] : [rex]) }
    private var hasOperandSizePrefix: Bool { prefixes.contains(0x66) }
    /// An immediate operand of the operand's size, which is at most 32 bits wide.
    private var immediate: Int { hasOperandSizePrefix && rex & 8 == 0 ? 2 : 4 }

    /// Reads the whole instruction; false if it is unknown or cut short.
    mutating func read() -> Bool {
        while let byte = peek(), Self.prefixes.contains(byte) {
            prefixes.append(byte)
            position += 1
        }
        if let byte = peek(), byte & 0xf0 == 0x40 {
            rex = byte
            position += 1
        }
        guard let opcode = next() else { return false }
        switch opcode {
        case 0x0f: return readTwoByte()
        case 0xc4: return readVEX(payload: 2)
        case 0xc5: return readVEX(payload: 1)
        case 0x62: return readEVEX()
        default: return readOneByte(opcode)
        }
    }

    private static let prefixes: Set<UInt8> = [0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65]

    private func peek() -> UInt8? { position < code.count ? code[position] : nil }

    private mutating func next() -> UInt8? {
        guard let byte = peek() else { return nil }
        position += 1
        return byte
    }

    private mutating func skip(_ count: Int) -> Bool {
        guard count <= code.count - position else { return false }
        position += count
        return true
    }

    /// Reads a ModRM byte with what it asks for, and an immediate operand.
    private mutating func operands(immediate: Int = 0) -> Bool { modRM() != nil && skip(immediate) }

    /// Reads a ModRM byte, a SIB byte and a displacement.
    private mutating func modRM() -> UInt8? {
        guard let modRM = next() else { return nil }
        let mode = modRM >> 6
        guard mode != 3 else { return modRM }
        var base = modRM & 7
        if base == 4 {
            guard let sib = next() else { return nil }
            base = sib & 7
        }
        let displacement = mode == 1 ? 1 : mode == 2 || base == 5 ? 4 : 0
        return skip(displacement) ? modRM : nil
    }

    private mutating func branch(_ kind: Instruction.Kind, width: Int) -> Bool {
        self.kind = kind
        distanceWidth = width
        // Else the distance is 16 bits wide on some processors; compilers only make it as padding, beside REX.W.
        return (!hasOperandSizePrefix || rex & 8 != 0) && skip(width)
    }

    private mutating func readOneByte(_ opcode: UInt8) -> Bool {
        switch opcode {
        case 0x00...0x3f:
            switch opcode & 7 {
            case 0...3: return operands()
            case 4: return skip(1)
            case 5: return skip(immediate)
            default: return false
            }
        case 0x50...0x5f, 0x6c...0x6f, 0x91...0x99, 0x9b...0x9f, 0xa4...0xa7, 0xaa...0xaf, 0xc3, 0xc9, 0xcb, 0xcc, 0xcf,
            0xd7, 0xec...0xef, 0xf1, 0xf4, 0xf5, 0xf8...0xfd:
            return true
        case 0x90:
            // F3 90 is `pause`, and a REX prefix may make it an exchange.
            if rex & 1 == 0, !prefixes.contains(0xf3) { kind = .padding }
            return true
        case 0x63, 0x84...0x8e, 0xd0...0xd3, 0xd8...0xdf, 0xfe, 0xff: return operands()
        case 0x8f: return (peek() ?? 0) & 0x38 == 0 && operands()  // Else it is the XOP prefix.
        case 0x68, 0xa9: return skip(immediate)
        case 0x69, 0x81, 0xc7: return operands(immediate: immediate)
        case 0x6a, 0xa8, 0xb0...0xb7, 0xcd, 0xe4...0xe7: return skip(1)
        case 0x6b, 0x80, 0x83, 0xc0, 0xc1, 0xc6: return operands(immediate: 1)
        case 0x70...0x7f: return branch(.conditionalJump(opcode & 0xf), width: 1)
        case 0xa0...0xa3: return skip(prefixes.contains(0x67) ? 4 : 8)
        case 0xb8...0xbf: return skip(rex & 8 != 0 ? 8 : immediate)
        case 0xc2, 0xca: return skip(2)
        case 0xc8: return skip(3)
        case 0xe0...0xe3: return branch(.shortJump(opcode), width: 1)
        case 0xe8: return branch(.call, width: 4)
        case 0xe9: return branch(.jump, width: 4)
        case 0xeb: return branch(.jump, width: 1)
        case 0xf6, 0xf7:
            guard let modRM = modRM() else { return false }
            return modRM & 0x38 > 0x08 || skip(opcode == 0xf6 ? 1 : immediate)  // Only TEST has an immediate operand.
        default: return false
        }
    }

    private mutating func readTwoByte() -> Bool {
        guard let opcode = next() else { return false }
        switch opcode {
        case 0x05...0x09, 0x0b, 0x0e, 0x30...0x35, 0x37, 0x77, 0xa0...0xa2, 0xa8...0xaa, 0xc8...0xcf: return true
        case 0x04, 0x0a, 0x0c, 0x24...0x27, 0x36, 0x39, 0x3b...0x3f: return false
        case 0x1f:
            guard let modRM = modRM() else { return false }
            if modRM & 0x38 == 0 { kind = .padding }
            return true
        case 0x38: return next() != nil && operands()
        case 0x3a: return next() != nil && operands(immediate: 1)
        case 0x80...0x8f: return branch(.conditionalJump(opcode & 0xf), width: 4)
        default: return operands(immediate: Self.hasByte(twoByte: opcode) ? 1 : 0)
        }
    }

    private static func hasByte(twoByte opcode: UInt8) -> Bool {
        switch opcode {
        case 0x0f, 0x70...0x73, 0xa4, 0xac, 0xba, 0xc2, 0xc4...0xc6: true
        default: false
        }
    }

    private mutating func readVEX(payload: Int) -> Bool {
        guard let first = peek(), skip(payload) else { return false }
        return readVector(map: payload == 2 ? first & 0x1f : 1)
    }

    private mutating func readEVEX() -> Bool {
        guard let first = peek(), skip(3) else { return false }
        return readVector(map: first & 0x7)
    }

    private mutating func readVector(map: UInt8) -> Bool {
        guard let opcode = next() else { return false }
        switch map {
        case 1 where opcode == 0x77: return true  // VZEROUPPER, VZEROALL
        case 1: return operands(immediate: Self.hasByte(twoByte: opcode) ? 1 : 0)
        case 2, 5, 6: return operands()
        case 3: return operands(immediate: 1)
        default: return false
        }
    }
}
