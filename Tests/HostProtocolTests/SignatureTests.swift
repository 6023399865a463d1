// SPDX-License-Identifier: Apache-2.0

import HostProtocol
import JSON
import ServicePolicy
import Testing
import UpdateFramework

struct SignatureTests {
    private let key = HostKey()
    private let now = Moment(seconds: 1_800_000_000)

    @Test func `a signed request is its host's`() throws {
        let signature = try #require(
            RequestSignature(method: "POST", path: "/v1/check-in", body: [1, 2], at: now, with: key))
        let headers = Dictionary(uniqueKeysWithValues: signature.headers.map { ($0.name, $0.value) })
        let read = try RequestSignature { headers[$0] }
        #expect(read.host == key.host)
        try read.verify(method: "POST", path: "/v1/check-in", body: [1, 2], at: now, by: key.publicKey)
    }

    @Test func `another method, path, body, time or key is refused`() throws {
        let signature = try #require(
            RequestSignature(method: "POST", path: "/v1/check-in", body: [1, 2], at: now, with: key))
        func refusal(
            _ method: String = "POST", _ path: String = "/v1/check-in", _ body: [UInt8] = [1, 2], at moment: Int64 = 0,
            by other: HostKey? = nil
        ) -> ProtocolError? {
            do throws(ProtocolError) {
                try signature.verify(
                    method: method, path: path, body: body, at: Moment(seconds: now.seconds + moment),
                    by: (other ?? key).publicKey)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal() == nil)
        #expect(refusal("PUT") == .badSignature)
        #expect(refusal("POST", "/v1/register") == .badSignature)
        #expect(refusal("POST", "/v1/check-in", [1, 3]) == .otherBody)
        #expect(refusal(at: 301) == .otherTime(difference: -301))
        #expect(refusal(at: -301) == .otherTime(difference: 301))
        #expect(refusal(at: 300) == nil)
        #expect(refusal(by: HostKey()) == .badSignature)
    }

    @Test func `a lease is believed of the service's key and for its host only`() throws {
        let service = try SigningKey(generating: .ed25519)
        let keys = RoleKeys(keys: [service.publicKey.id: service.publicKey], threshold: 1)
        let lease = HostLease(
            host: key.host, lease: Lease(issued: now, expires: now.adding(days: 30), graceEnds: now.adding(days: 44)),
            products: ["glibc"], contract: "C-1")
        let value = try SignedStatement(lease, by: service).value
        #expect(try SignedStatement<HostLease>(value, by: keys, for: key.host).content == lease)

        let other = HostKey()
        #expect(throws: ProtocolError.otherHost(expected: other.host, found: key.host)) {
            try SignedStatement<HostLease>(value, by: keys, for: other.host)
        }
        #expect(throws: ProtocolError.wrongStatement(expected: Instructions.type, found: HostLease.type)) {
            try SignedStatement<Instructions>(value, by: keys, for: key.host)
        }
        let thief = try SignedStatement(lease, by: try SigningKey(generating: .ed25519)).value
        #expect(throws: ProtocolError.unsigned(HostLease.type)) {
            try SignedStatement<HostLease>(thief, by: keys, for: key.host)
        }
    }

    @Test func `a statement with one field changed is believed no more`() throws {
        let service = try SigningKey(generating: .ed25519)
        let keys = RoleKeys(keys: [service.publicKey.id: service.publicKey], threshold: 1)
        let instructions = Instructions(
            host: key.host, number: 3, issued: now, expires: now.adding(days: 1),
            orders: [
                .init(product: "glibc", distribution: "debian-12", buildID: "ab", level: 0, patch: nil, rollout: "r")
            ])
        guard case .object(var envelope) = try SignedStatement(instructions, by: service).value,
            case .object(var signed)? = envelope["signed"]
        else { return }
        #expect(try SignedStatement<Instructions>(.object(envelope), by: keys, for: key.host).content == instructions)
        signed["number"] = .integer(4)
        envelope["signed"] = .object(signed)
        #expect(throws: ProtocolError.unsigned(Instructions.type)) {
            try SignedStatement<Instructions>(.object(envelope), by: keys, for: key.host)
        }
    }

    @Test func `a key is read as it was written`() throws {
        #expect(try HostKey(secret: key.secret).publicKey == key.publicKey)
        #expect(throws: ProtocolError.badKey) { try HostKey(secret: "00") }
        #expect(HostID(key.host.text) == key.host)
        #expect(HostID(key.host.text.uppercased() + "") == nil || key.host.text.allSatisfy(\.isNumber))
    }
}
