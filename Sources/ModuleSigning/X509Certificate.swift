// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// What a signature says of a certificate (RFC 5280, section 4.1).
struct X509Certificate {
    /// Issuer and serial number (RFC 5652, section 10.2.4), byte for byte as in the certificate: the kernel compares bytes.
    let identity: [UInt8]
    /// The public key with its algorithm.
    let publicKey: [UInt8]

    /// Reads PEM or DER.
    ///
    /// - Throws: `SigningError.badCertificate`.
    init(parsing file: [UInt8]) throws(SigningError) {
        guard let parts = Self.parts(of: Self.binary(file)) else { throw .badCertificate }
        self = parts
    }

    private init(identity: [UInt8], publicKey: [UInt8]) {
        self.identity = identity
        self.publicKey = publicKey
    }

    private static func parts(of bytes: [UInt8]) -> X509Certificate? {
        var file = DER.Reader(bytes[...])
        guard let certificate = file.next(DER.Tag.sequence) else { return nil }
        var outer = DER.Reader(certificate.contents)
        guard let signed = outer.next(DER.Tag.sequence) else { return nil }
        var fields = DER.Reader(signed.contents)
        // The version is only there if it is not the first one.
        if fields.tag == DER.Tag.explicit0 { _ = fields.next(DER.Tag.explicit0) }
        guard let serial = fields.next(DER.Tag.integer), fields.next(DER.Tag.sequence) != nil,
            let issuer = fields.next(DER.Tag.sequence), fields.next(DER.Tag.sequence) != nil,
            fields.next(DER.Tag.sequence) != nil, let key = fields.next(DER.Tag.sequence)
        else { return nil }
        return X509Certificate(
            identity: DER.element(DER.Tag.sequence, Array(issuer.whole), Array(serial.whole)),
            publicKey: Array(key.whole))
    }

    /// The first certificate in PEM (RFC 7468); other bytes as they are.
    private static func binary(_ file: [UInt8]) -> [UInt8] {
        let lines = String(decoding: file, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN CERTIFICATE-----") }) else { return file }
        let text = lines[(start + 1)...].prefix { !$0.hasPrefix("-----") }.joined()
        return Data(base64Encoded: text).map { Array($0) } ?? []
    }
}
