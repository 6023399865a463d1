// SPDX-License-Identifier: Apache-2.0

/// What stands behind a signed kernel module (Linux: `include/linux/module_signature.h`).
///
/// The module is followed by a PKCS #7 message, by a `struct module_signature` and by a line of text.
package struct ModuleSignature: Hashable, Sendable {
    /// The text at the end.
    static let marker = Array("~Module signature appended~\n".utf8)
    /// The size of `struct module_signature`.
    static let trailerSize = 12
    /// PKEY_ID_PKCS7, the only kind that kernels still know.
    private static let pkcs7: UInt8 = 2

    /// The module without its signature.
    package let module: [UInt8]
    /// The PKCS #7 message.
    package let message: [UInt8]

    /// A module with a message about it.
    package init(module: [UInt8], message: [UInt8]) {
        self.module = module
        self.message = message
    }

    /// Takes a signed module apart; nil if it is not signed, or if the sizes are wrong.
    package init?(parsing file: [UInt8]) {
        guard Self.isPresent(in: file), file.count >= Self.marker.count + Self.trailerSize else { return nil }
        let trailer = Array(file.dropLast(Self.marker.count).suffix(Self.trailerSize))
        // Algorithm, hash, kind, lengths of signer and key, three bytes of nothing, and the length in network order.
        let size = trailer[8...].reduce(0) { $0 << 8 | Int($1) }
        let rest = file.count - Self.marker.count - Self.trailerSize
        guard trailer[2] == Self.pkcs7, size <= rest else { return nil }
        module = Array(file[..<(rest - size)])
        message = Array(file[(rest - size)..<rest])
    }

    /// Whether a module has a signature, good or not.
    package static func isPresent(in file: [UInt8]) -> Bool { file.suffix(marker.count).elementsEqual(marker) }

    /// The module with its signature, as the kernel takes it.
    package var file: [UInt8] {
        let size = UInt32(truncatingIfNeeded: message.count)
        let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
        return module + message + [0, 0, Self.pkcs7, 0, 0, 0, 0, 0] + length + Self.marker
    }
}
