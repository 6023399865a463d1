// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import ModuleSigning

/// OpenSSL is the second opinion: it is what the kernel's own `sign-file` calls.
struct ModuleSignerTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try openSSL(
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "certificate.pem",
                "-days",
                "2", "-subj", "/O=Example K.K./CN=モジュール signing", "-utf8", "-set_serial", "0x9f00000000000000000001",
            ])
    }

    private func openSSL(_ arguments: [String]) throws {
        let command = try Command("openssl", arguments, in: directory.url)
        guard command.status == 0 else { throw CommandFailure(description: command.errors) }
    }

    private func signer(certificate: String = "certificate.pem") throws -> ModuleSigner {
        try ModuleSigner(key: try directory.read("key.pem"), certificate: try directory.read(certificate))
    }

    private let module = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    @Test(arguments: ModuleSigner.Digest.allCases)
    func `a signature is byte for byte what OpenSSL makes`(digest: ModuleSigner.Digest) throws {
        let signed = try signer().sign(module, digest: digest)
        let signature = try #require(ModuleSignature(parsing: signed))
        #expect(signature.module == module)
        try directory.write(module, to: "module")
        // What sign-file asks for: CMS_NOCERTS | CMS_PARTIAL | CMS_BINARY | CMS_DETACHED | CMS_NOATTR.
        try openSSL(
            [
                "cms", "-sign", "-binary", "-nocerts", "-noattr", "-outform", "DER", "-md", digest.rawValue, "-signer",
                "certificate.pem", "-inkey", "key.pem", "-in", "module", "-out", "expected",
            ])
        #expect(try directory.read("expected") == signature.message)
    }

    @Test func `OpenSSL verifies a signature, and not that of another module`() throws {
        let signature = try #require(ModuleSignature(parsing: try signer().sign(module)))
        try directory.write(signature.message, to: "message")
        try directory.write(module, to: "module")
        try directory.write(module.dropLast() + [0x55], to: "other")
        let verification = [
            "cms", "-verify", "-binary", "-inform", "DER", "-in", "message", "-certfile", "certificate.pem", "-CAfile",
            "certificate.pem", "-purpose", "any", "-out", "out", "-content",
        ]
        try openSSL(verification + ["module"])
        let other = try Command("openssl", verification + ["other"], in: directory.url)
        #expect(other.status != 0 && other.errors.contains("verification failure"), "\(other.errors)")
    }

    @Test func `a certificate may be DER`() throws {
        try openSSL(["x509", "-in", "certificate.pem", "-outform", "DER", "-out", "certificate.der"])
        #expect(try signer(certificate: "certificate.der").sign(module) == signer().sign(module))
    }

    @Test func `a module that is signed again has one signature`() throws {
        let once = try signer().sign(module)
        #expect(try signer().sign(once) == once)
    }

    @Test func `a certificate for another key is refused`() throws {
        try openSSL(["genrsa", "-out", "other.pem", "2048"])
        #expect(throws: SigningError.doNotBelong) {
            try ModuleSigner(key: try directory.read("other.pem"), certificate: try directory.read("certificate.pem"))
        }
    }

    @Test func `other keys and encrypted ones are refused`() throws {
        try openSSL(["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "curve.pem"])
        try openSSL(["rsa", "-in", "key.pem", "-aes128", "-passout", "pass:secret", "-out", "encrypted.pem"])
        let certificate: [UInt8] = try directory.read("certificate.pem")
        for key: [UInt8] in [try directory.read("curve.pem"), try directory.read("encrypted.pem"), [], certificate] {
            #expect(throws: SigningError.badKey) { try ModuleSigner(key: key, certificate: certificate) }
        }
    }

    @Test func `a certificate that is cut off anywhere is refused`() throws {
        try openSSL(["x509", "-in", "certificate.pem", "-outform", "DER", "-out", "certificate.der"])
        let certificate: [UInt8] = try directory.read("certificate.der")
        for count in 0..<certificate.count {
            #expect(throws: SigningError.badCertificate) { try X509Certificate(parsing: Array(certificate[..<count])) }
        }
    }
}
