// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// What a document may have at most; its size in bytes is bounded by whoever fetched it.
    package struct Limits: Sendable {
        /// Levels of lists and objects in each other.
        package var depth = 64
        /// Values of any kind.
        package var values = 1_000_000

        /// The bounds of the client.
        package init() {}
    }

    /// Reads a JSON document from foreign bytes.
    ///
    /// Stricter than RFC 8259, which leaves these open: a name may come once in an object, text is valid Unicode, numbers
    /// are whole and of 64 bits.
    ///
    /// - Throws: `JSONFault` with the place of the first fault.
    package init(parsing bytes: [UInt8], limits: Limits = Limits()) throws(JSONFault) {
        var reader = JSONReader(bytes.span, values: limits.values)
        self = try reader.value(depth: limits.depth)
        reader.skipSpace()
        guard reader.isAtEnd else { throw reader.fault(.trailingBytes) }
    }
}

/// Where and why bytes are no JSON that metadata may use.
package struct JSONFault: Error, Hashable, Sendable {
    /// What is wrong there.
    package enum Reason: String, Hashable, Sendable {
        case unexpectedEnd
        case unexpectedByte
        case trailingBytes
        case controlInText
        case badEscape
        case notUnicode
        case notWhole
        case numberOutOfRange
        case duplicateName
        case tooDeep
        case tooManyValues
    }

    /// What is wrong.
    package var reason: Reason
    /// The byte at which it was noticed.
    package var offset: Int

    /// A fault at a byte.
    package init(reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
