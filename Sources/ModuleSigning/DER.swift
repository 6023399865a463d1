// SPDX-License-Identifier: Apache-2.0

/// The part of the Distinguished Encoding Rules (ITU-T X.690) that a signature needs.
enum DER {
    /// Tags of X.690, table 1, with the bit of what is put together.
    enum Tag {
        static let integer: UInt8 = 0x02
        static let octets: UInt8 = 0x04
        static let null: UInt8 = 0x05
        static let identifier: UInt8 = 0x06
        static let sequence: UInt8 = 0x30
        static let set: UInt8 = 0x31
        static let explicit0: UInt8 = 0xa0
    }

    /// An element with its tag and length.
    static func element(_ tag: UInt8, _ parts: [UInt8]...) -> [UInt8] {
        let contents = parts.flatMap { $0 }
        guard contents.count >= 0x80 else { return [tag, UInt8(contents.count)] + contents }
        var length: [UInt8] = []
        var rest = contents.count
        while rest > 0 {
            length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return [tag, 0x80 | UInt8(length.count)] + length + contents
    }

    /// Reads one element after the other.
    struct Reader {
        private var rest: ArraySlice<UInt8>

        init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

        /// The tag of the next element; nil at the end.
        var tag: UInt8? { rest.first }

        /// The next element: all of it, and what is in it; nil if it is damaged or of another kind.
        mutating func next(_ tag: UInt8) -> (whole: ArraySlice<UInt8>, contents: ArraySlice<UInt8>)? {
            let whole = rest
            guard rest.popFirst() == tag, let first = rest.popFirst() else { return nil }
            var length = Int(first)
            if first >= 0x80 {
                // Four bytes are 4 GiB.
                guard 0x81...0x84 ~= first, rest.count >= Int(first & 0x7f) else { return nil }
                length = 0
                for _ in 0..<(first & 0x7f) { length = length << 8 | Int(rest.popFirst() ?? 0) }
            }
            guard length <= rest.count else { return nil }
            let contents = rest.prefix(length)
            rest = rest.dropFirst(length)
            return (whole.prefix(upTo: contents.endIndex), contents)
        }
    }
}
