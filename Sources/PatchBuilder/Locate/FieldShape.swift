// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Which bytes around a relocated field the linker may change; x86-64 psABI 4.4.1 and B.2.
struct FieldShape {
    /// Bytes before the field that relaxation may rewrite: the opcode, its ModRM byte, and a REX prefix.
    var before: Int
    /// The field's width in bytes.
    var width: Int
    /// Bytes behind the field that relaxation may rewrite, but for those of a field of their own.
    var after = 0
    /// What the field's value means.
    var meaning: Meaning

    /// What the value of a field means.
    enum Meaning {
        /// The distance to the symbol.
        case relative
        /// The address of the symbol.
        case absolute
        /// The distance to the symbol's slot in the global offset table, or, relaxed, to the symbol.
        case slot
        /// Thread-local storage: an offset in it, or the distance to a slot that tells one.
        case threadLocal
    }

    /// The shape of a relocation type's field, or nil for a type that is unknown here.
    init?(_ type: RelocationType) {
        switch type {
        case .pc32, .plt32: self.init(before: 0, width: 4, meaning: .relative)
        case .pc64: self.init(before: 0, width: 8, meaning: .relative)
        case .absolute32, .absolute32Signed: self.init(before: 0, width: 4, meaning: .absolute)
        case .absolute64: self.init(before: 0, width: 8, meaning: .absolute)
        case .gotpcrel: self.init(before: 0, width: 4, meaning: .slot)
        case .gotpcrelx: self.init(before: 2, width: 4, meaning: .slot)
        case .rexGOTPCRELX: self.init(before: 3, width: 4, meaning: .slot)
        // psABI 4.4.6 and the ELF Handling For Thread-Local Storage, 5: sequences, of which the linker may make others.
        case .tlsGD: self.init(before: 4, width: 4, after: 4, meaning: .threadLocal)
        case .tlsLD: self.init(before: 3, width: 4, after: 1, meaning: .threadLocal)
        case .gotTLSThreadOffset, .tlsDescriptorGotPC32:
            self.init(before: 3, width: 4, meaning: .threadLocal)
        case .tlsDescriptorCall: self.init(before: 0, width: 0, after: 2, meaning: .threadLocal)
        case .tlsThreadOffset32, .tlsModuleOffset32:
            self.init(before: 0, width: 4, meaning: .threadLocal)
        default: return nil
        }
    }

    private init(before: Int, width: Int, after: Int = 0, meaning: Meaning) {
        self.before = before
        self.width = width
        self.after = after
        self.meaning = meaning
    }

    /// The bytes that may change for a field at `offset`, or nil if they are not all within `limit` bytes.
    func bytes(around offset: UInt64, within limit: Int) -> Range<Int>? {
        guard let offset = Int(exactly: offset), offset >= before, offset <= limit - width else { return nil }
        return offset - before..<min(offset + width + after, limit)
    }
}
