// SPDX-License-Identifier: Apache-2.0

/// An address of HTTP: `https://host:8443/path`.
///
/// The path is kept byte by byte, percent-encoding and `..` included: what a name means is the server's affair, and
/// metadata is signed under the names that were asked for.
package struct HTTPAddress: Hashable, Sendable {
    /// Who answers: what two addresses share that one connection serves.
    package struct Origin: Hashable, Sendable {
        /// Whether it is HTTPS.
        package var isSecure: Bool
        /// The name, or the number without brackets.
        package var host: String
        /// The port.
        package var port: Int

        /// The host as the header `Host` has it.
        var authority: String {
            let name = host.contains(":") ? "[\(host)]" : host
            return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
        }

        /// The host and its port, always both.
        var hostAndPort: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
    }

    /// Who answers.
    package var origin: Origin
    /// The path with what follows it, as it is sent.
    package var path: String
    /// `user:password`, percent-decoded; nil if there is none.
    package var user: String?

    /// Reads an address of `http` or `https`.
    ///
    /// - Throws: `TransportError.badAddress`.
    package init(_ text: String) throws(TransportError) {
        let failure = TransportError.badAddress(text)
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"), Self.isPlain(text) else {
            throw failure
        }
        let scheme = text[..<colon].lowercased()
        guard scheme == "http" || scheme == "https" else { throw failure }
        let isSecure = scheme == "https"
        let rest = text[colon...].dropFirst(3)
        let end: String.Index = rest.firstIndex { ("/?#" as String).contains($0) } ?? rest.endIndex
        var authority = rest[..<end]
        path = String(rest[end...].prefix { $0 != "#" })
        if !path.hasPrefix("/") { path = "/" + path }
        if let at = authority.lastIndex(of: "@") {
            guard let decoded = Self.decoded(authority[..<at]) else { throw failure }
            user = decoded
            authority = authority[authority.index(after: at)...]
        }
        guard let (host, port) = Self.hostAndPort(authority, standard: isSecure ? 443 : 80) else { throw failure }
        origin = Origin(isSecure: isSecure, host: host, port: port)
    }

    private init(origin: Origin, path: String) {
        self.origin = origin
        self.path = path
    }

    /// The address of something below this one; its parts stay as they are.
    package func appending(_ relative: String) -> HTTPAddress {
        HTTPAddress(origin: origin, path: (path.hasSuffix("/") ? path : path + "/") + relative)
    }

    /// The address of a path of the same server, below what this address has as its own path.
    package func at(_ path: String) -> HTTPAddress {
        appending(String(path.drop { $0 == "/" }))
    }

    /// Where a server sends a client on to; nil if that is no address that it can mean.
    func redirected(to location: String) -> HTTPAddress? {
        if location.hasPrefix("/"), !location.hasPrefix("//"), Self.isPlain(location) {
            return HTTPAddress(origin: origin, path: location)
        }
        return try? HTTPAddress(location)
    }

    /// Whether a text has only what may stand in a request's first line.
    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x21...0x7e).contains($0) } }

    private static func hostAndPort(_ text: Substring, standard: Int) -> (String, Int)? {
        var host = text
        var port = standard
        let bracket = text.lastIndex(of: "]") ?? text.startIndex
        if let colon = text[bracket...].lastIndex(of: ":") {
            guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number) else { return nil }
            port = number
            host = text[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, host.utf8.count <= 255, host.utf8.allSatisfy(isOfHost) else { return nil }
        return (host.lowercased(), port)
    }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".-_:".utf8.contains(byte)
        }
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension HTTPAddress: CustomStringConvertible {
    /// The address, without the user's name and password.
    package var description: String { (origin.isSecure ? "https://" : "http://") + origin.authority + path }
}
