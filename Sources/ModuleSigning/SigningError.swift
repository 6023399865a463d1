// SPDX-License-Identifier: Apache-2.0

/// Why a module was not signed.
package enum SigningError: Error, Hashable, Sendable {
    /// The key is no RSA key in PEM, or is encrypted.
    case badKey
    /// The certificate is none.
    case badCertificate
    /// The certificate is for another key.
    case doNotBelong
}

extension SigningError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badKey:
            "the key is no RSA key in PEM without a passphrase, which is what the kernel's signatures need; make one with "
                + "openssl genrsa"
        case .badCertificate: "the certificate is no X.509 certificate in PEM or DER"
        case .doNotBelong: "the certificate is for another key: give the one that was made from this key"
        }
    }
}
