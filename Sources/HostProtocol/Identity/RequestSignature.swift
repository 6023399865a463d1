// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import FoundationEssentials
package import ServicePolicy

/// The signature of a host over a request: HTTP Message Signatures (RFC 9421) over method, path and the digest of the body
/// (RFC 9530), in the one form that hosts write.
package struct RequestSignature: Hashable, Sendable {
    /// `Content-Digest`.
    package let contentDigest: String
    /// `Signature-Input`.
    package let input: String
    /// `Signature`.
    package let signature: String
    /// Whose it says that it is.
    package let host: HostID
    private let created: Moment

    /// How far the clocks of host and service may be apart, in seconds.
    package static let tolerance: Int64 = 300
    private static let label = "kaketsugi="
    private static let parts = "(\"@method\" \"@path\" \"content-digest\")"

    /// The headers of a request.
    package var headers: [(name: String, value: String)] {
        [("Content-Digest", contentDigest), ("Signature-Input", input), ("Signature", signature)]
    }

    /// Signs a request; nil if the system has no random numbers.
    package init?(method: String, path: String, body: [UInt8], at moment: Moment, with key: HostKey) {
        host = key.host
        created = moment
        contentDigest = Self.digest(of: body)
        let parameters = "\(Self.parts);created=\(moment.seconds);keyid=\"\(host)\";alg=\"ed25519\""
        input = Self.label + parameters
        let base = Self.base(method: method, path: path, contentDigest: contentDigest, parameters: parameters)
        guard let bytes = key.sign(base) else { return nil }
        signature = "\(Self.label):\(Data(bytes).base64EncodedString()):"
    }

    /// A signature as the headers of a request have it.
    ///
    /// - Throws: `ProtocolError.badHeader` for one that is missing, or says anything else than hosts do.
    package init(headers: (_ name: String) -> String?) throws(ProtocolError) {
        func value(_ name: String) throws(ProtocolError) -> String {
            guard let value = headers(name), value.utf8.count <= 512 else { throw .badHeader(name: name) }
            return value
        }
        contentDigest = try value("Content-Digest")
        input = try value("Signature-Input")
        signature = try value("Signature")
        let fields = input.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 4, fields[0] == Self.label + Self.parts, fields[3] == "alg=\"ed25519\"",
            fields[1].hasPrefix("created="), let seconds = Int64(fields[1].dropFirst(8)),
            fields[2].hasPrefix("keyid=\""), fields[2].hasSuffix("\""),
            let host = HostID(String(fields[2].dropFirst(7).dropLast()))
        else { throw .badHeader(name: "Signature-Input") }
        self.host = host
        created = Moment(seconds: seconds)
    }

    /// Checks that a host's key has signed a request, now.
    ///
    /// - Throws: `ProtocolError`.
    package func verify(
        method: String, path: String, body: [UInt8], at now: Moment, by key: HostPublicKey
    ) throws(ProtocolError) {
        guard contentDigest == Self.digest(of: body) else { throw .otherBody }
        let (difference, isTooFar) = created.seconds.subtractingReportingOverflow(now.seconds)
        guard !isTooFar, difference.magnitude <= Self.tolerance.magnitude else {
            throw .otherTime(difference: difference)
        }
        guard HostID(of: key) == host, signature.hasPrefix(Self.label + ":"), signature.hasSuffix(":"),
            let bytes = Data(base64Encoded: String(signature.dropFirst(Self.label.count + 1).dropLast()))
        else { throw .badSignature }
        let base = Self.base(
            method: method, path: path, contentDigest: contentDigest,
            parameters: String(input.dropFirst(Self.label.count)))
        guard key.verifies(Array(bytes), of: base) else { throw .badSignature }
    }

    /// `Content-Digest` of a body.
    package static func digest(of body: [UInt8]) -> String {
        "sha-256=:\(Data(SHA256.hash(data: body)).base64EncodedString()):"
    }

    /// RFC 9421, 2.5.
    private static func base(method: String, path: String, contentDigest: String, parameters: String) -> [UInt8] {
        Array(
            """
            "@method": \(method)
            "@path": \(path)
            "content-digest": \(contentDigest)
            "@signature-params": \(parameters)
            """.utf8)
    }
}
