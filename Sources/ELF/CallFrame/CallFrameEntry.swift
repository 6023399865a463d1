// SPDX-License-Identifier: Apache-2.0

/// What a run of functions has in common (`CIE`); LSB 5, 10.6.1.1.
package struct CallFrameCommon: Hashable, Sendable {
    let codeAlignment: UInt64
    let dataAlignment: Int64
    let pointerEncoding: UInt8
    let hasAugmentation: Bool
    /// Whether the caller was interrupted by a signal and has not called.
    package let isSignalFrame: Bool
    let program: [UInt8]
    let programAddress: UInt64

    /// Reads a common entry; nil for what is none, or of a kind that is not written for x86-64.
    ///
    /// - Parameters:
    ///   - bytes: Memory from its first byte on; what lies behind the entry is not read.
    ///   - address: Where it lies.
    package init?(_ bytes: [UInt8], at address: UInt64) {
        var cursor = CallFrameCursor(bytes, at: address)
        guard let size = cursor.entrySize(), cursor.limit(to: size) != nil, cursor.number(ofSize: 4) == 0,
            let version = cursor.byte(), version == 1 || version == 3, let augmentation = cursor.text(),
            let codeAlignment = cursor.unsigned(), let dataAlignment = cursor.signed(),
            (version == 1 ? cursor.byte().map { UInt64($0) } : cursor.unsigned())
                == UInt64(CallFrameRegisters.returnAddress)
        else { return nil }
        self.codeAlignment = codeAlignment
        self.dataAlignment = dataAlignment
        hasAugmentation = augmentation.first == UInt8(ascii: "z")
        guard hasAugmentation || augmentation.isEmpty else { return nil }
        var encoding = DW_EH_PE_absptr
        var isSignalFrame = false
        if hasAugmentation {
            guard let size = cursor.unsigned() else { return nil }
            var data = cursor
            guard data.limit(to: size) != nil, cursor.skip(size) != nil else { return nil }
            for letter in augmentation.dropFirst() {
                switch letter {
                case UInt8(ascii: "R"):
                    guard let found = data.byte() else { return nil }
                    encoding = found
                case UInt8(ascii: "P"):
                    guard let personality = data.byte(), data.pointer(personality) != nil else { return nil }
                case UInt8(ascii: "L"):
                    guard data.byte() != nil else { return nil }
                case UInt8(ascii: "S"): isSignalFrame = true
                default: return nil
                }
            }
        }
        guard encoding & DW_EH_PE_indirect == 0 else { return nil }
        pointerEncoding = encoding
        self.isSignalFrame = isSignalFrame
        programAddress = cursor.place
        program = cursor.rest
    }
}

/// What is told about one function (`FDE`); LSB 5, 10.6.1.2.
package struct CallFrameEntry: Hashable, Sendable {
    /// What it has in common with others.
    package let common: CallFrameCommon
    /// The function's first address.
    package let start: UInt64
    /// How many bytes it has.
    package let size: UInt64
    let program: [UInt8]
    let programAddress: UInt64

    /// Where the common entry lies that an entry refers to; nil for what is no entry.
    package static func common(of bytes: [UInt8], at address: UInt64) -> UInt64? {
        var cursor = CallFrameCursor(bytes, at: address)
        guard cursor.entrySize() != nil else { return nil }
        let here = cursor.place
        guard let distance = cursor.number(ofSize: 4), distance != 0, distance <= here else { return nil }
        return here - distance
    }

    /// How many bytes an entry has of which the first bytes are known; nil for what is none.
    package static func size(of bytes: [UInt8]) -> Int? {
        var cursor = CallFrameCursor(bytes, at: 0)
        return cursor.entrySize().map { Int($0) + cursor.position }
    }

    /// Reads an entry; nil for what is none.
    ///
    /// - Parameters:
    ///   - bytes: Memory from its first byte on; what lies behind the entry is not read.
    ///   - address: Where it lies.
    ///   - common: What ``common(of:at:)`` has led to.
    package init?(_ bytes: [UInt8], at address: UInt64, common: CallFrameCommon) {
        var cursor = CallFrameCursor(bytes, at: address)
        guard let size = cursor.entrySize(), cursor.limit(to: size) != nil, cursor.number(ofSize: 4) != nil,
            let start = cursor.pointer(common.pointerEncoding),
            let length = cursor.pointer(common.pointerEncoding & 0x0f)
        else { return nil }
        if common.hasAugmentation {
            guard let size = cursor.unsigned(), cursor.skip(size) != nil else { return nil }
        }
        self.common = common
        self.start = start
        self.size = length
        programAddress = cursor.place
        program = cursor.rest
    }

    /// Whether an instruction is the function's.
    package func contains(_ instruction: UInt64) -> Bool { instruction &- start < size }
}

extension CallFrameCursor {
    /// The size that an entry begins with; nil at the end of a table, and for a size that no function's entry has.
    fileprivate mutating func entrySize() -> UInt64? {
        guard let size = number(ofSize: 4), size > 0, size <= CallFrameEntry.sizeLimit else { return nil }
        return size
    }
}

extension CallFrameEntry {
    /// What an entry may have at most, in bytes.
    package static let sizeLimit: UInt64 = 64 << 10
}
