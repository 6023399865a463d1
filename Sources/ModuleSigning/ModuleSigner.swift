// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials

/// Signs kernel modules with an operator's key, as the kernel's own `scripts/sign-file` does.
///
/// The certificate must be among those that the kernels trust: enrolled as a machine owner's key (MOK), or compiled in.
package struct ModuleSigner: Sendable {
    /// The function that a module is hashed by.
    package enum Digest: String, CaseIterable, Sendable {
        /// SHA-256.
        case sha256
        /// SHA-512.
        case sha512
    }

    private let key: _RSA.Signing.PrivateKey
    /// The certificate's issuer and serial number, by which the kernel finds it.
    private let identity: [UInt8]

    /// Reads a key and its certificate.
    ///
    /// - Parameters:
    ///   - key: an RSA key as PEM, not encrypted.
    ///   - certificate: an X.509 certificate as PEM or DER.
    /// - Throws: `SigningError`.
    package init(key: [UInt8], certificate: [UInt8]) throws(SigningError) {
        do {
            self.key = try _RSA.Signing.PrivateKey(pemRepresentation: String(decoding: key, as: UTF8.self))
        } catch {
            throw .badKey
        }
        let certificate = try X509Certificate(parsing: certificate)
        guard certificate.publicKey.elementsEqual(self.key.publicKey.derRepresentation) else { throw .doNotBelong }
        identity = certificate.identity
    }

    /// Signs a module; an older signature is replaced.
    ///
    /// - Returns: The module with the signature behind it.
    /// - Throws: `SigningError.badKey` if the key does not sign.
    package func sign(_ module: [UInt8], digest: Digest = .sha256) throws(SigningError) -> [UInt8] {
        let plain = ModuleSignature(parsing: module)?.module ?? module
        let signature: [UInt8]
        do {
            let made =
                switch digest {
                case .sha256: try key.signature(for: SHA256.hash(data: plain), padding: .insecurePKCS1v1_5)
                case .sha512: try key.signature(for: SHA512.hash(data: plain), padding: .insecurePKCS1v1_5)
                }
            signature = Array(made.rawRepresentation)
        } catch {
            throw .badKey
        }
        return ModuleSignature(module: plain, message: message(signature, digest)).file
    }

    /// SignedData of RFC 5652, section 5.1, detached and without attributes.
    private func message(_ signature: [UInt8], _ digest: Digest) -> [UInt8] {
        let version = DER.element(DER.Tag.integer, [1])
        let signer = DER.element(
            DER.Tag.sequence, version, identity, digest.algorithm, Identifier.rsa,
            DER.element(DER.Tag.octets, signature))
        let data = DER.element(
            DER.Tag.sequence, version, DER.element(DER.Tag.set, digest.algorithm),
            DER.element(DER.Tag.sequence, Identifier.data), DER.element(DER.Tag.set, signer))
        return DER.element(DER.Tag.sequence, Identifier.signedData, DER.element(DER.Tag.explicit0, data))
    }
}

/// Object identifiers with what goes with them.
private enum Identifier {
    /// pkcs7-data, 1.2.840.113549.1.7.1.
    static let data = DER.element(DER.Tag.identifier, pkcs + [7, 1])
    /// pkcs7-signedData, 1.2.840.113549.1.7.2.
    static let signedData = DER.element(DER.Tag.identifier, pkcs + [7, 2])
    /// rsaEncryption, 1.2.840.113549.1.1.1, with the parameters that it must have (RFC 3370, section 3.2).
    static let rsa = DER.element(
        DER.Tag.sequence, DER.element(DER.Tag.identifier, pkcs + [1, 1]), DER.element(DER.Tag.null))

    private static let pkcs: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01]
}

extension ModuleSigner.Digest {
    /// The algorithm's identifier; parameters are left out (RFC 5754, section 2).
    fileprivate var algorithm: [UInt8] {
        // 2.16.840.1.101.3.4.2.1 and .3.
        let last: UInt8 = self == .sha256 ? 1 : 3
        return DER.element(
            DER.Tag.sequence,
            DER.element(DER.Tag.identifier, [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last]))
    }
}
