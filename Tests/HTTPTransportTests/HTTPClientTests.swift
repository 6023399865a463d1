// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Synchronization
import TestSupport
import Testing
import UpdateFramework

/// The client against servers that behave and servers that do not.
@Suite(.timeLimit(.minutes(2))) struct HTTPClientTests {
    /// What a server was asked, in order.
    final class Asked: Sendable {
        private let all = Mutex<[TestServer.Request]>([])
        func add(_ request: TestServer.Request) -> Int {
            all.withLock {
                $0.append(request)
                return $0.count
            }
        }
        var requests: [TestServer.Request] { all.withLock { $0 } }
    }

    private func with<Value: Sendable>(
        _ change: (inout HTTPSettings) -> Void = { _ in }, _ body: (HTTPClient) async throws -> Value
    ) async throws -> Value {
        var settings = HTTPSettings(agent: "test")
        settings.connectPatience = .seconds(60)
        change(&settings)
        let client = HTTPClient(settings)
        let result: Result<Value, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        await client.close()
        return try result.get()
    }

    private func refusal(
        of address: String, limit: Int = 1000, _ change: (inout HTTPSettings) -> Void = { _ in }
    ) async throws -> TransportError? {
        try await with(change) { client in
            do throws(TransportError) {
                _ = try await client.send(HTTPRequest("GET", try HTTPAddress(address)), limit: limit)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test func `a request and its answer are whole, and a connection serves several`() async throws {
        let asked = Asked()
        let server = try await TestServer { request in
            _ = asked.add(request)
            return .init(
                200, request.body + Array(request.target.utf8), headers: [("X-Test", "a"), ("Retry-After", "7")])
        }
        try await with { client in
            for _ in 0..<3 {
                let address = try HTTPAddress(server.address + "/base/").appending("a%2F..%2fb/../%20c")
                let request = HTTPRequest("POST", address, headers: [("X-Own", "1")], body: [65, 66])
                let response = try await client.send(request, limit: 100)
                #expect(response.status == 200 && response.headers["x-test"] == "a" && response.retryAfter == 7)
                #expect(String(decoding: response.body, as: UTF8.self) == "AB/base/a%2F..%2fb/../%20c")
            }
        }
        let request = try #require(asked.requests.first)
        #expect(request.headers["host"] == "127.0.0.1:\(server.port)" && request.headers["x-own"] == "1")
        #expect(request.headers["user-agent"] == "test" && request.headers["content-length"] == "2")
        await server.stop()
    }

    @Test func `a connection that the server has closed meanwhile is no failure of a GET`() async throws {
        let server = try await TestServer { _ in .init(200, [1], .close) }
        // Says that it keeps the connection, and does not.
        try await with { client in
            for _ in 0..<5 {
                let response = try await client.send(HTTPRequest("GET", try HTTPAddress(server.address)), limit: 10)
                #expect(response.body == [1])
            }
        }
        await server.stop()
    }

    @Test func `what is too long is not taken, whatever its length says`() async throws {
        let server = try await TestServer { request in
            switch request.target {
            case "/long": .init(200, [UInt8](repeating: 1, count: 1001))
            case "/chunks":
                .init(
                    raw: Array("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n".utf8),
                    .endless(Array("100\r\n".utf8) + [UInt8](repeating: 1, count: 256) + [13, 10]))
            case "/head": .init(raw: Array("HTTP/1.1 200 X\r\n".utf8), .endless(Array("X-More: yes and more\r\n".utf8)))
            default: .init(raw: Array("HTTP/1.1 200 X\r\n\r\n".utf8), .endless([UInt8](repeating: 1, count: 4096)))
            }
        }
        for path in ["/long", "/chunks", "/endless"] {
            #expect(try await refusal(of: server.address + path) == .tooLong(limit: 1000), "\(path)")
        }
        guard case .broken = try await refusal(of: server.address + "/head") else {
            Issue.record("an endless head was taken")
            return
        }
        #expect(try await refusal(of: server.address + "/long", limit: 1001) == nil)
        await server.stop()
    }

    @Test func `what breaks off, or is no HTTP, is a failure`() async throws {
        let server = try await TestServer { request in
            switch request.target {
            case "/cut": .init(raw: Array("HTTP/1.1 200 X\r\nContent-Length: 10\r\n\r\n123".utf8))
            case "/junk": .init(raw: Array("\u{1}\u{2}\u{3}\r\n\r\n".utf8))
            default: .init(raw: [])
            }
        }
        for path in ["/cut", "/junk", "/nothing"] {
            let error = try await refusal(of: server.address + path)
            guard case .broken = error else {
                Issue.record("\(path): \(String(describing: error))")
                continue
            }
        }
        await server.stop()
    }

    @Test func `no wait is without an end`() async throws {
        let server = try await TestServer { request in
            request.target == "/silence"
                ? .init(raw: [], .silence) : .init(200, [1, 2, 3, 4, 5, 6, 7, 8, 9], .drip(milliseconds: 200))
        }
        let silent = try await refusal(of: server.address + "/silence") { $0.silence = .seconds(1) }
        #expect(silent == .timedOut(.answer, seconds: 1))
        // A byte now and then keeps the silence short, and the whole has an end all the same.
        let dripped = try await refusal(of: server.address + "/drip") { $0.total = .milliseconds(900) }
        guard case .timedOut(.answer, _) = dripped else {
            Issue.record("\(String(describing: dripped))")
            return
        }
        // The port takes connections and never answers the handshake.
        let mute = try await TestServer { _ in .init(raw: [], .silence) }
        let untold = try await refusal(of: "https://127.0.0.1:\(mute.port)") { $0.connectPatience = .seconds(1) }
        #expect(untold == .timedOut(.tls, seconds: 1) || untold.map { "\($0)".contains("TLS") } == true)
        await mute.stop()
        await server.stop()
    }

    @Test func `a server may send on to itself, not to another one, nor in a circle`() async throws {
        let server = try await TestServer { request in
            switch request.target {
            case "/here": .init(302, headers: [("Location", "/there")])
            case "/circle": .init(301, headers: [("Location", "/circle")])
            case "/away": .init(307, headers: [("Location", "http://127.0.0.2:1/")])
            case "/protocol": .init(307, headers: [("Location", "//127.0.0.2/")])
            case "/nowhere": .init(308)
            default: .init(200, Array(request.target.utf8))
            }
        }
        try await with { client in
            let response = try await client.send(
                HTTPRequest("GET", try HTTPAddress(server.address + "/here")), limit: 100)
            #expect(String(decoding: response.body, as: UTF8.self) == "/there")
            let post = try await client.send(
                HTTPRequest("POST", try HTTPAddress(server.address + "/here"), body: [1]), limit: 100)
            #expect(post.status == 302)
        }
        for path in ["/circle", "/away", "/protocol", "/nowhere"] {
            guard case .sentElsewhere = try await refusal(of: server.address + path) else {
                Issue.record("\(path) was followed")
                continue
            }
        }
        await server.stop()
    }

    @Test func `a server proves who it is`() async throws {
        let own = try TestCertificate()
        let server = try await TestServer(certificate: (own.certificate, own.key)) { _ in .init(200, [1]) }
        let local = "https://localhost:\(server.port)/"
        for address in [server.address, local] {
            #expect(try await refusal(of: address) { $0.certificates = own.authority } == nil, "\(address)")
        }
        let stranger = try TestCertificate()
        for authority in [nil, stranger.authority] {
            let error = try await refusal(of: server.address) { $0.certificates = authority }
            guard case .insecure = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        guard case .badCertificates = try await refusal(of: server.address, { $0.certificates = "/nowhere.pem" }) else {
            Issue.record("a file that is not there was believed")
            return
        }
        await server.stop()
        // A certificate of the right authority, for somebody else.
        let other = try TestCertificate(for: "DNS:other.example,IP:127.0.0.9")
        let wrong = try await TestServer(certificate: (other.certificate, other.key)) { _ in .init(200, [1]) }
        for address in [wrong.address, "https://localhost:\(wrong.port)/"] {
            guard case .insecure = try await refusal(of: address, { $0.certificates = other.authority }) else {
                Issue.record("\(address): a certificate for another host was believed")
                continue
            }
        }
        await wrong.stop()
    }

    @Test func `a proxy connects for HTTPS and passes HTTP on`() async throws {
        let own = try TestCertificate()
        let server = try await TestServer(certificate: (own.certificate, own.key)) { _ in .init(200, [7]) }
        let asked = Asked()
        let proxy = try await TestServer { request in
            _ = asked.add(request)
            guard request.headers["proxy-authorization"] == "Basic dXM6cDpA" else { return .init(407) }
            guard request.method == "CONNECT" else { return .init(200, Array(request.target.utf8)) }
            let place = request.target.split(separator: ":")
            return .init(
                raw: Array("HTTP/1.1 200 Connected\r\n\r\n".utf8),
                .tunnel(host: String(place[0]), port: Int(place[1]) ?? 0))
        }
        let through = try HTTPAddress("http://us:p%3A%40@127.0.0.1:\(proxy.port)")
        try await with({ settings in
            settings.proxy = through
            settings.certificates = own.authority
        }) { client in
            // By name: behind a proxy, an address cannot be checked.
            let secure = try HTTPAddress("https://localhost:\(server.port)/x")
            for _ in 0..<2 { #expect(try await client.send(HTTPRequest("GET", secure), limit: 10).body == [7]) }
            let plain = try await client.send(HTTPRequest("GET", try HTTPAddress("http://far.example/a?b")), limit: 100)
            #expect(String(decoding: plain.body, as: UTF8.self) == "http://far.example/a?b")
        }
        #expect(asked.requests.map(\.method) == ["CONNECT", "GET"])
        let stranger = try HTTPAddress("http://127.0.0.1:\(proxy.port)")
        #expect(
            try await refusal(of: "https://localhost:\(server.port)") { $0.proxy = stranger }
                == .proxyRefused(status: 407))
        // A host of the list is reached without the proxy.
        let direct = try await refusal(of: "https://localhost:\(server.port)") { settings in
            settings.proxy = stranger
            settings.direct = DirectHosts(list: "other, localhost")
            settings.certificates = own.authority
        }
        #expect(direct == nil)
        await proxy.stop()
        await server.stop()
    }

    @Test func `what is not there is told by its kind`() async throws {
        guard case .unreachable = try await refusal(of: "http://127.0.0.1:1/") else {
            Issue.record("a closed port")
            return
        }
        guard case .unresolved(host: "no-such-host.invalid", _) = try await refusal(of: "http://no-such-host.invalid/")
        else {
            Issue.record("an unknown name")
            return
        }
    }
}

@Suite struct HTTPAddressTests {
    @Test(arguments: [
        ("http://a", "a", 80, "/"), ("https://a.example:8443/x/y?z", "a.example", 8443, "/x/y?z"),
        ("HTTPS://A/", "a", 443, "/"), ("http://[::1]:90/%2e%2E/../x", "::1", 90, "/%2e%2E/../x"),
        ("http://u:p@h/", "h", 80, "/"), ("https://h?q", "h", 443, "/?q"), ("https://h/a#b", "h", 443, "/a"),
    ])
    func `an address is read`(text: String, host: String, port: Int, path: String) throws {
        let address = try HTTPAddress(text)
        #expect(address.origin.host == host && address.origin.port == port && address.path == path)
    }

    @Test(arguments: [
        "", "a", "ftp://a", "http://", "http:///x", "http://a b", "http://a:0", "http://a:65536", "http://a:x",
        "http://ä", "http://a/\u{7f}", "http://a/\n", "http:/a", "http://a%41/", "http://%zz@a",
    ])
    func `what is none is refused`(text: String) {
        #expect(throws: TransportError.badAddress(text)) { try HTTPAddress(text) }
    }

    @Test func `a password is not shown`() throws {
        #expect("\(try HTTPAddress("http://u:p@h:3128"))" == "http://h:3128/")
    }

    @Test(arguments: [
        ("example.jp", "example.jp", true), ("example.jp", "www.example.jp", true),
        (".example.jp", "www.example.jp", true), ("*.example.jp", "www.example.jp", true),
        ("example.jp", "badexample.jp", false), ("", "a", false), ("*", "a", true), ("127.0.0.1", "127.0.0.1", true),
    ])
    func `hosts without a proxy are told by their names`(list: String, host: String, isDirect: Bool) {
        #expect(DirectHosts(list: list).contain(host) == isDirect)
    }
}
