// SPDX-License-Identifier: Apache-2.0

import Foundation
import Service
import ServicePolicy
import ServiceStore
import TestSupport
import Testing

/// How clients reach the server, and what it does with those that mean no good.
struct ListeningTests {
    private func patience(_ site: Site, _ change: (inout ServiceLimits) -> Void) -> ServiceConfiguration {
        var configuration = site.configuration
        change(&configuration.limits)
        return configuration
    }

    @Test func `an empty folder is enough, with TLS, HTTP 2 and 1, and a user`() async throws {
        let directory = try TemporaryDirectory(in: .memory)
        var configuration = ServiceConfiguration(data: directory.path)
        (configuration.host, configuration.port) = ("127.0.0.1", 0)
        configuration.passwordCost = PasswordCost(logarithm: 10)
        let password = try await Server.with(configuration) { server in
            let authority = directory.path("tls/ca.pem")
            func curl(_ arguments: String...) throws -> Command {
                try Command(
                    "curl",
                    [
                        "--silent", "--show-error", "--cacert", authority, "--write-out",
                        "\n%{http_version} %{http_code}",
                    ]
                        + arguments)
            }
            let address = "https://localhost:\(server.port)"
            #expect(try curl("\(address)/health").output.contains("\"database\":\"good\""))
            #expect(try curl("\(address)/health").output.hasSuffix("2 200"))
            #expect(try curl("--http1.1", "\(address)/catalogue").output.hasSuffix("1.1 200"))
            #expect(try curl("https://127.0.0.1:\(server.port)/sign-in").output.hasSuffix("2 200"))
            #expect(try curl("--tls-max", "1.1", "\(address)/health").status != 0)
            let served = try curl("\(address)/tls/ca.pem").output
            #expect(served.hasPrefix(try directory.read("tls/ca.pem")))
            return try #require(server.application.firstUser?.password)
        }
        for name in ["ca.key", "server.key"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.path("tls/\(name)"))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        // The second start keeps what is there, and shows no password.
        let certificate: String = try directory.read("tls/server.pem")
        try await Server.with(configuration) { server in
            #expect(server.application.firstUser == nil)
            let kept: String = try directory.read("tls/server.pem")
            #expect(kept == certificate)
        }
        let records: [UInt8] = try directory.read("service.sqlite")
        #expect(records.firstRange(of: Array(password.utf8)) == nil)
    }

    @Test func `an operator's certificate is taken, with its key alone`() async throws {
        let directory = try TemporaryDirectory(in: .memory)
        let first = try OwnAuthority(folder: directory.path("one")).identity(for: ["localhost"], at: .now)
        _ = try OwnAuthority(folder: directory.path("two")).identity(for: ["localhost"], at: .now)
        #expect(first.authority != nil)
        let good = try ServerIdentity(
            certificateFile: directory.path("one/server.pem"), keyFile: directory.path("one/server.key"))
        #expect(good.expires > Moment.now.seconds)
        #expect(throws: ServiceError.self) {
            try ServerIdentity(
                certificateFile: directory.path("one/server.pem"), keyFile: directory.path("two/server.key"))
        }
        #expect(throws: ServiceError.self) {
            try ServerIdentity(
                certificateFile: directory.path("none.pem"), keyFile: directory.path("one/server.key"))
        }
        try directory.write("no certificate", to: "junk.pem")
        #expect(throws: ServiceError.self) {
            try ServerIdentity(
                certificateFile: directory.path("junk.pem"), keyFile: directory.path("one/server.key"))
        }
    }

    @Test func `a certificate is made anew when it expires soon or lacks a name, by the same authority`() throws {
        let directory = try TemporaryDirectory(in: .memory)
        let authority = OwnAuthority(folder: directory.path("tls"))
        let first = try authority.identity(for: ["localhost"], at: .now)
        #expect(try authority.identity(for: ["localhost"], at: .now).chain == first.chain)
        let named = try authority.identity(for: ["localhost", "patches.example", "192.0.2.7", "2001:db8::7"], at: .now)
        #expect(named.chain != first.chain && named.authority == first.authority)
        let text = try Command(
            "openssl", ["x509", "-in", directory.path("tls/server.pem"), "-noout", "-ext", "subjectAltName"]
        ).output
        for name in ["DNS:localhost", "DNS:patches.example", "IP Address:192.0.2.7", "IP Address:2001:DB8:0:0:0:0:0:7"]
        {
            #expect(text.contains(name), "\(text)")
        }
        let later = try authority.identity(for: ["localhost"], at: Moment.now.adding(days: 320))
        #expect(later.chain != named.chain && later.authority == first.authority)
        let verdict = try Command(
            "openssl",
            ["verify", "-CAfile", directory.path("tls/ca.pem"), directory.path("tls/server.pem")])
        #expect(verdict.output.contains("OK") || verdict.errors.contains("not yet valid"))
    }

    @Test func `a head that is too long, or has too many fields, is refused`() async throws {
        let site = try Site()
        try await Server.with(site.configuration) { server in
            let long = try await server.connect()
            try await long.send(
                "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n")
            let isRefused = try? await long.reply().status
            #expect(isRefused == nil || isRefused == 400)
            let many = try await server.connect()
            let fields = (0..<200).map { "X\($0): 1\r\n" }.joined()
            try await many.send("GET / HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
            let status = try? await many.reply().status
            #expect(status == nil || status == 400)
            let line = try await server.connect()
            try await line.send("GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\n\r\n")
            let answer = try? await line.reply().status
            #expect(answer == nil || answer == 400 || answer == 404)
            // The next one is served as if nothing had been.
            #expect(try await server.request("GET", "/health").status == 200)
        }
    }

    @Test(arguments: [
        "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n\r\n",
        "GET / HTTP/1.1\r\nA\r\n\r\n",
    ])
    func `what is no request ends the connection, and not the server`(bytes: String) async throws {
        let site = try Site()
        // Empty lines are no beginning of a request, and are waited upon.
        try await Server.with(patience(site) { $0.idleSeconds = 8 }) { server in
            let connection = try await server.connect()
            // It may be sent away before it has said all.
            try? await connection.send(bytes)
            let status = try? await connection.reply().status
            #expect(status == nil || (400...505).contains(status ?? 0))
            #expect(try await server.request("GET", "/health").status == 200)
        }
    }

    @Test func `a client that drips its head, its body, or TLS is sent away`() async throws {
        let site = try Site()
        var configuration = patience(site) { limits in
            limits.idleSeconds = 1
            limits.bodySeconds = 1
            limits.handshakeSeconds = 1
        }
        try await Server.with(configuration) { server in
            for beginning in [
                "", "GET / HTTP/1.1\r\nHost:", "POST /v1/check-in HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx",
            ] {
                let connection = try await server.connect()
                // On a busy machine it may be sent away before it has said anything.
                if !beginning.isEmpty { try? await connection.send(beginning) }
                let dripping = Task {
                    for _ in 0..<600 where !Task.isCancelled {
                        try? await Task.sleep(for: .milliseconds(50))
                        if !beginning.isEmpty { try? await connection.send("x") }
                    }
                }
                #expect(await connection.isClosedByServer(), "\(beginning)")
                dripping.cancel()
            }
        }
        configuration.transport = .ownAuthority(names: [])
        try await Server.with(configuration) { server in
            let connection = try await server.connect()
            try? await connection.send([0x16, 0x03, 0x01])
            #expect(await connection.isClosedByServer())
        }
    }

    @Test func `a message that is too long is refused before it is read`() async throws {
        let site = try Site()
        try await Server.with(site.configuration) { server in
            let connection = try await server.connect()
            try await connection.send(
                "POST /v1/check-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n")
            let reply = try await connection.reply()
            #expect(reply.status == 413 && reply.text.contains("tooLong"))
            let chunked = try await server.connect()
            try await chunked.send(
                "POST /v1/register HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: "a", count: 0x10000) + "\r\n"
            for _ in 0..<6 { try? await chunked.send(chunk) }
            #expect(try await chunked.reply().status == 413)
            let form = try await server.request(
                "POST", "/sign-in", [("Content-Type", "application/x-www-form-urlencoded")],
                [UInt8](repeating: 0x61, count: 100_000))
            #expect(form.status == 400)
        }
    }

    @Test func `no more connections are taken than are allowed, and the next when one has gone`() async throws {
        let site = try Site()
        let configuration = patience(site) { $0.connections = 4 }
        try await Server.with(configuration) { server in
            var open: [Connection] = []
            for _ in 0..<4 {
                let connection = try await server.connect()
                #expect(try await connection.request("GET", "/icon.svg").status == 200)
                open.append(connection)
            }
            let fifth = try await server.connect()
            async let answer = fifth.request("GET", "/icon.svg")
            await open[0].close()
            #expect(try await answer.status == 200)
            for connection in open { await connection.close() }
        }
    }

    @Test func `requests one after the other on one connection, sent at once, have their answers in order`()
        async throws
    {
        let site = try Site()
        try await Server.with(site.configuration) { server in
            let connection = try await server.connect()
            let one = "GET /icon.svg HTTP/1.1\r\nHost: a\r\n\r\n"
            let other = "GET /repository/metadata/9.root.json HTTP/1.1\r\nHost: a\r\n\r\n"
            try await connection.send(one + other + one)
            let statuses = [
                try await connection.reply().status, try await connection.reply().status,
                try await connection.reply().status,
            ]
            #expect(statuses == [200, 404, 200])
            let head = try await connection.request("HEAD", "/health")
            #expect(head.status == 200 && head.body.isEmpty)
        }
    }
}

extension Moment {
    /// The clock of this machine.
    static var now: Moment { Moment(seconds: Int64(Date().timeIntervalSince1970)) }
}
