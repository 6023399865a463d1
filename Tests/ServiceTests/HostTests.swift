// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostProtocol
import LivePatch
import Service
import ServicePolicy
import ServiceStore
import TestSupport
import Testing
import UpdateFramework

/// Registration and check-in over the real interface.
struct HostTests {
    private func refusal(_ reply: Reply) throws -> ServiceRefusal { try ServiceRefusal(parsing: reply.body) }

    @Test func `a host registers, checks in, gets its patch, and leaves`() async throws {
        let site = try Site()
        let patch = Patch()
        try site.add([patch])
        let (path, file) = (try patch.path(), try patch.file())
        let key = try await site.activationKey()
        try await Server.with(site.configuration) { server in
            let host = TestHost()
            let registered = try await host.register(key, at: server)
            #expect(registered.status == 201 && registered["cache-control"] == "no-store")
            let answer = try ServiceAnswer(parsing: registered.body)
            let token = try #require(answer.token)
            #expect(answer.lease != nil && answer.eligibility.products.contains("openssl"))
            let fetched = try await server.request("GET", path, [("Authorization", "Bearer \(token)")])
            #expect(fetched.status == 200 && fetched.body == file)

            let target = CheckIn.Target(
                name: "libssl.so.3", buildID: "abcd", processes: 2, level: 0, patch: nil, patched: 0)
            let heard = try await host.send(host.checkIn(1, [target]), to: server)
            #expect(heard.status == 200)
            #expect(try ServiceAnswer(parsing: heard.body).instructions != nil)

            let left = try await server.request("POST", Endpoint.unregister, try host.signed(Endpoint.unregister, []))
            #expect(left.status == 204)
            let late = try await host.send(host.checkIn(2), to: server)
            #expect(late.status == 410)
            #expect(try refusal(late).code == .retired)
        }
    }

    @Test func `a server without keys serves, and registers nobody`() async throws {
        let site = try Site()
        let key = try await site.activationKey()
        var configuration = site.configuration
        configuration.signers = []
        try await Server.with(configuration) { server in
            #expect(!server.application.takesHosts)
            let reply = try await TestHost().register(key, at: server)
            #expect(reply.status == 503 && reply["retry-after"] != nil)
            #expect(try await server.request("GET", "/catalogue").status == 200)
        }
    }

    @Test func `what is not signed by the host itself is refused`() async throws {
        let site = try Site()
        let key = try await site.activationKey()
        try await Server.with(site.configuration) { server in
            let (host, thief) = (TestHost(), TestHost())
            #expect(try await host.register(key, at: server).status == 201)
            let body = host.checkIn(1).encoded
            func send(_ fields: [(String, String)], _ body: [UInt8]) async throws -> (Int, ServiceRefusal.Code) {
                let reply = try await server.request("POST", Endpoint.checkIn, fields, body)
                return (reply.status, try refusal(reply).code)
            }
            #expect(try await send([], body) == (401, .badSignature))
            // Another key, in its own name and in the host's.
            #expect(try await send(try thief.signed(Endpoint.checkIn, body), body) == (404, .unknownHost))
            let stolen = try thief.signed(Endpoint.checkIn, body).map { name, value in
                (name, value.replacingOccurrences(of: thief.key.host.text, with: host.key.host.text))
            }
            #expect(try await send(stolen, body) == (401, .badSignature))
            // Another body, another path, another time.
            let fields = try host.signed(Endpoint.checkIn, body)
            #expect(try await send(fields, host.checkIn(2).encoded) == (401, .badSignature))
            #expect(try await send(try host.signed(Endpoint.unregister, body), body) == (401, .badSignature))
            let old = try host.signed(Endpoint.checkIn, body, at: Moment(seconds: Moment.now.seconds - 3600))
            #expect(try await send(old, body) == (401, .badClock))
            let junk = Array("{\"schemaVersion\":1}".utf8)
            #expect(try await send(try host.signed(Endpoint.checkIn, junk), junk) == (400, .malformed))
            // A registration in somebody else's name.
            let registration = Registration(.activationKey(key), key: host.key.publicKey, facts: host.facts).encoded
            let foreign = try await server.request(
                "POST", Endpoint.register, try host.signed(Endpoint.register, registration, by: thief.key),
                registration)
            #expect(foreign.status == 401)
            // And still the host is heard.
            #expect(try await host.send(host.checkIn(1), to: server).status == 200)
        }
    }

    @Test func `who guesses activation keys is stopped, and those who know theirs are not`() async throws {
        let site = try Site()
        let key = try await site.activationKey()
        var configuration = site.configuration
        configuration.trustsProxy = true
        try await Server.with(configuration) { server in
            func register(_ key: String, from address: String) async throws -> Reply {
                let host = TestHost()
                let body = Registration(.activationKey(key), key: host.key.publicKey, facts: host.facts).encoded
                return try await server.request(
                    "POST", Endpoint.register,
                    try host.signed(Endpoint.register, body) + [("X-Forwarded-For", "10.0.0.1, \(address)")], body)
            }
            var statuses: [Int] = []
            for _ in 0..<25 {
                statuses.append(try await register(ActivationKeySecret().text, from: "192.0.2.1").status)
            }
            #expect(statuses.prefix(20).allSatisfy { $0 == 403 } && statuses.last == 429)
            let stopped = try await register(key, from: "192.0.2.1")
            #expect(stopped.status == 429 && (stopped["retry-after"].flatMap(Int.init) ?? 0) > 0)
            #expect(try await register(key, from: "192.0.2.2").status == 201)
            // A fleet behind one address may come all at once.
            for _ in 0..<30 { #expect(try await register(key, from: "192.0.2.3").status == 201) }
        }
    }

    @Test func `other methods and paths are told what they are`() async throws {
        let site = try Site()
        try await Server.with(site.configuration) { server in
            let get = try await server.request("GET", Endpoint.register)
            #expect(get.status == 405 && get["allow"] == "POST")
            let other = try await server.request("POST", "/v1/other", [], Array("{}".utf8))
            #expect(other.status == 404)
            #expect(try refusal(other).code == .notFound)
        }
    }
}
