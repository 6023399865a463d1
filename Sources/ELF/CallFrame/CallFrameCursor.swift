// SPDX-License-Identifier: Apache-2.0

/// Reads call frame information, which is memory of a process and may hold anything: what is not there is nil.
struct CallFrameCursor {
    private let bytes: [UInt8]
    /// The address of the first byte.
    private let address: UInt64
    /// Where to read next.
    private(set) var position: Int
    /// Where reading must end.
    private(set) var end: Int

    /// Starts at the first of some bytes.
    init(_ bytes: [UInt8], at address: UInt64) {
        self.bytes = bytes
        self.address = address
        position = 0
        end = bytes.count
    }

    /// Whether everything has been read.
    var isAtEnd: Bool { position >= end }
    /// The address of the next byte.
    var place: UInt64 { address &+ UInt64(position) }
    /// What is left.
    var rest: [UInt8] { Array(bytes[position..<end]) }

    /// Lets reading end some bytes from here; nil if there are not as many.
    mutating func limit(to count: UInt64) -> Void? {
        guard count <= UInt64(end - position) else { return nil }
        end = position + Int(count)
        return ()
    }

    /// Goes over bytes.
    mutating func skip(_ count: UInt64) -> Void? {
        guard count <= UInt64(end - position) else { return nil }
        position += Int(count)
        return ()
    }

    /// The next bytes.
    mutating func bytes(_ count: UInt64) -> [UInt8]? {
        let start = position
        return skip(count).map { Array(bytes[start..<position]) }
    }

    /// The next byte.
    mutating func byte() -> UInt8? {
        guard position < end else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// The next number of some bytes, at most eight.
    mutating func number(ofSize size: Int) -> UInt64? {
        bytes(UInt64(size)).map { $0.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    }

    /// The next number of some bytes, extended by its sign.
    mutating func signedNumber(ofSize size: Int) -> Int64? {
        let unused = UInt64(64 - 8 * size)
        return number(ofSize: size).map { Int64(bitPattern: $0 << unused) >> Int64(unused) }
    }

    /// The next LEB128 number; nil if it has more than 63 bits.
    mutating func unsigned() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 63, by: 7) as StrideTo<UInt64> {
            guard let byte = byte() else { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    /// The next signed LEB128 number; nil if it has more than 63 bits.
    mutating func signed() -> Int64? {
        let start = position
        guard let value = unsigned() else { return nil }
        let bits = UInt64(7 * (position - start))
        guard value & 1 << (bits - 1) != 0 else { return Int64(value) }
        return Int64(bitPattern: value | ~0 << bits)
    }

    /// The next zero-terminated text, as bytes.
    mutating func text() -> [UInt8]? {
        let start = position
        while let byte = byte() {
            if byte == 0 { return Array(bytes[start..<position - 1]) }
        }
        return nil
    }

    /// The next pointer.
    ///
    /// - Parameters:
    ///   - encoding: `DW_EH_PE`; what leads elsewhere is not followed.
    ///   - base: What it is relative to, if that is data.
    /// - Returns: An address, or nil if it is cut off or of another form.
    mutating func pointer(_ encoding: UInt8, base: UInt64? = nil) -> UInt64? {
        let here = place
        let value: UInt64?
        switch encoding & 0x0f {
        case DW_EH_PE_absptr, DW_EH_PE_udata8, DW_EH_PE_sdata8: value = number(ofSize: 8)
        case DW_EH_PE_uleb128: value = unsigned()
        case DW_EH_PE_udata2: value = number(ofSize: 2)
        case DW_EH_PE_udata4: value = number(ofSize: 4)
        case DW_EH_PE_sleb128: value = signed().map { UInt64(bitPattern: $0) }
        case DW_EH_PE_sdata2: value = signedNumber(ofSize: 2).map { UInt64(bitPattern: $0) }
        case DW_EH_PE_sdata4: value = signedNumber(ofSize: 4).map { UInt64(bitPattern: $0) }
        default: value = nil
        }
        switch encoding & 0x70 {
        case DW_EH_PE_absptr: return value
        case DW_EH_PE_pcrel: return value.map { $0 &+ here }
        case DW_EH_PE_datarel: return base.flatMap { base in value.map { $0 &+ base } }
        default: return nil
        }
    }
}
