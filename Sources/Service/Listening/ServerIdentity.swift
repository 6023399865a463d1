// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
package import NIOSSL

/// The certificate with which the server shows who it is, and the key for it.
package struct ServerIdentity: Sendable {
    /// The certificates, the server's own first.
    package let chain: [NIOSSLCertificate]
    /// The key.
    package let key: NIOSSLPrivateKey
    /// The authority to hand to hosts, in PEM; nil where the certificate is one that they know anyhow.
    package let authority: [UInt8]?
    /// When the server's own certificate expires, in seconds since 1970.
    package let expires: Int64

    /// An operator's own certificate.
    ///
    /// - Throws: `ServiceError.badCertificate`.
    package init(certificateFile: String, keyFile: String, authority: [UInt8]? = nil) throws(ServiceError) {
        func reading<Value>(_ file: String, _ body: () throws -> Value) throws(ServiceError) -> Value {
            do { return try body() } catch { throw .badCertificate(file: file, reason: "\(error)") }
        }
        chain = try reading(certificateFile) {
            try NIOSSLCertificate.fromPEMBytes(try contents(ofFile: certificateFile, limit: 1 << 20))
        }
        guard let own = chain.first else {
            throw .badCertificate(file: certificateFile, reason: "there is no certificate in it")
        }
        key = try reading(keyFile) {
            try NIOSSLPrivateKey(bytes: try contents(ofFile: keyFile, limit: 1 << 20), format: .pem)
        }
        expires = Int64(own.notValidAfter)
        self.authority = authority
        // A key of another certificate would be noticed only by the first client.
        _ = try reading(keyFile) { try NIOSSLContext(configuration: configuration) }
    }

    /// TLS 1.2 and 1.3, with what the library holds for safe.
    package var configuration: TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }
}
