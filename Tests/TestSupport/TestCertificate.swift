// SPDX-License-Identifier: Apache-2.0

/// An authority of a test's own, and a certificate that it has signed for this machine's address.
package struct TestCertificate: Sendable {
    private let directory: TemporaryDirectory
    /// The authority's certificate.
    package var authority: String { directory.path("ca.pem") }
    /// The server's certificate.
    package var certificate: String { directory.path("server.pem") }
    /// The server's key.
    package var key: String { directory.path("server.key") }

    /// Makes both with openssl.
    ///
    /// - Parameter names: what the certificate is for, as `subjectAltName` has it.
    /// - Throws: what openssl refuses.
    package init(for names: String = "IP:127.0.0.1,DNS:localhost") throws {
        directory = try TemporaryDirectory()
        try directory.write("subjectAltName=\(names)\n", to: "extensions")
        let elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try run(
            ["req", "-x509"] + elliptic + ["-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test"])
        try run(["req"] + elliptic + ["-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=server"])
        try run([
            "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            "server.pem", "-days", "2", "-extfile", "extensions",
        ])
    }

    private func run(_ arguments: [String]) throws {
        let command = try Command("openssl", arguments, in: directory.url)
        guard command.status == 0 else { throw CommandFailure(description: "openssl: \(command.errors)") }
    }
}
