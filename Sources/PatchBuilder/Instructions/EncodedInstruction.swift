// SPDX-License-Identifier: Apache-2.0

/// One x86-64 instruction: where it lies, and what of it matters when two encodings of the same code are compared.
struct EncodedInstruction: Hashable {
    /// What an instruction does with the flow of control.
    enum Kind: Hashable {
        /// `call rel32`.
        case call
        /// `jmp`, with a distance of 8 or 32 bits.
        case jump
        /// A conditional jump by its condition code, with a distance of 8 or 32 bits.
        case conditionalJump(UInt8)
        /// `loop`, `loope`, `loopne`, `jrcxz`, which have no other encoding.
        case shortJump(UInt8)
        /// An instruction without an effect, which fills the space before an aligned one.
        case padding
        /// Any other.
        case other
    }

    /// Bytes from the beginning of the code.
    var offset: Int
    /// The length in bytes.
    var length: Int
    /// What it does with the flow of control.
    var kind: Kind
    /// The prefixes, the REX prefix included.
    var prefixes: [UInt8]
    /// The width of a branch's distance, which is the last thing in it; 0 for other instructions.
    var distanceWidth: Int

    /// The offset behind the instruction.
    var end: Int { offset + length }

    /// Whether the instruction is a branch with a distance.
    var isBranch: Bool { distanceWidth > 0 }

    /// Where a branch goes by the distance in it, from the beginning of the code.
    func destination(in code: [UInt8]) -> Int? {
        guard isBranch, end <= code.count else { return nil }
        var distance: UInt32 = 0
        for byte in code[end - distanceWidth..<end].reversed() { distance = distance << 8 | UInt32(byte) }
        let signed = distanceWidth == 1 ? Int(Int8(truncatingIfNeeded: distance)) : Int(Int32(bitPattern: distance))
        return end + signed
    }

    /// Whether an instruction begins at an offset of a larger run of code, as far as can be told without a symbol nearby.
    ///
    /// Instructions that are read from a wrong place soon fall in step with the right ones: most of several readings that
    /// begin a good way before must come by.
    static func begins(at offset: Int, in code: [UInt8]) -> Bool {
        let distance = 200
        let starts = max(0, offset - distance - 8)..<max(1, offset - distance)
        let inStep = starts.filter { start in
            var position = start
            while position < offset { position = EncodedInstruction(at: position, of: code)?.end ?? position + 1 }
            return position == offset
        }
        return inStep.count * 2 > starts.count
    }
}
