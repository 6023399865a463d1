// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import UpdateFramework

/// Keys, signatures and thresholds.
@Suite struct KeyTests {
    @Test(arguments: PublicKey.Scheme.allCases)
    func `a signature is verified by its key only`(scheme: PublicKey.Scheme) throws {
        let key = try SigningKey(generating: scheme)
        let other = try SigningKey(generating: scheme)
        let message = Array("message".utf8)
        let signature = try key.sign(message)
        #expect(key.publicKey.verifies(signature, of: message))
        #expect(!other.publicKey.verifies(signature, of: message))
        #expect(!key.publicKey.verifies(signature, of: message + [0]))
        #expect(!key.publicKey.verifies([], of: message))
        #expect(!key.publicKey.verifies(signature + [0], of: message))
        for index in [0, signature.count / 2, signature.count - 1] {
            var damaged = signature
            damaged[index] ^= 1
            #expect(!key.publicKey.verifies(damaged, of: message))
        }
        #expect(try SigningKey(scheme: scheme, secretBytes: key.secretBytes).publicKey == key.publicKey)
    }

    // RFC 8032, 7.1, test 2.
    @Test func `a signature of the standard's is verified`() throws {
        let key = try PublicKey(
            kind: "ed25519", scheme: .ed25519,
            text: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        let signature = try #require(
            Hexadecimal.bytes(
                of: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))
        #expect(key.verifies(signature, of: [0x72]))
        #expect(!key.verifies(signature, of: [0x73]))
    }

    @Test func `the identifier is the hash of the canonical key`() throws {
        // An example of the specification, 4.3, whose identifiers are computed so.
        let key = try PublicKey(
            kind: "ed25519", scheme: .ed25519,
            text: "72378e5bc588793e58f81c8533da64a2e8f1565c1fcc7f253496394ffc52542c")
        #expect(key.id == "1bf1c6e3cdd3d3a8420b19199e27511999850f4b376c4547b2f32fba7e80fca3")
    }

    @Test(arguments: [
        ("ed25519", "ed25519", "00"), ("ed25519", "ed25519", "zz"), ("ecdsa", "ecdsa-sha2-nistp256", "no PEM"),
        ("rsa", "rsassa-pss-sha256", "no PEM"), ("rsa", "ed25519", ""), ("new", "new", "x"),
        ("rsa", "rsa-pkcs1v15-sha256", "x"),
    ])
    func `a key that cannot be used is kept and verifies nothing`(kind: String, scheme: String, text: String) throws {
        let object: JSONObject = [
            "keytype": .string(kind), "scheme": .string(scheme), "keyval": .object(["public": .string(text)]),
        ]
        let key = try PublicKey(try Fields(.object(object), path: "key"))
        #expect(key.material == nil)
        #expect(!key.verifies([1], of: [1]))
    }

    @Test func `an RSA key of 1024 bits is no key`() throws {
        let pem = """
            -----BEGIN PUBLIC KEY-----
            MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDdlatRjRjogo3WojgGHFHYLugd
            UWAY9iR3fy4arWNA1KoS8kVw33cJibXr8bvwUAUparCwlvdbH6dvEOfou0/gCFQs
            HUfQrSDv+MuSUMAe8jzKE4qW+jK+xQU9a03GUnKHkkle+Q0pX/g6jXZ7r1/xAK5D
            o2kQ+X5xK9cipRgEKwIDAQAB
            -----END PUBLIC KEY-----
            """
        #expect(try PublicKey(kind: "rsa", scheme: .rsa, text: pem).material == nil)
    }

    @Test func `a threshold needs different keys`() throws {
        let keys = try (0..<3).map { _ in try SigningKey(generating: .ed25519) }
        let message = Array("message".utf8)
        func signature(_ key: SigningKey, as name: KeyID? = nil) throws -> Signature {
            Signature(keyID: name ?? key.publicKey.id, text: Hexadecimal.text(of: try key.sign(message)))
        }
        let signers = RoleSigners(keyIDs: keys.map(\.publicKey.id), threshold: 2)
        let all = Dictionary(uniqueKeysWithValues: keys.map { ($0.publicKey.id, $0.publicKey) })
        let authority = signers.keys(from: all)
        let first = try signature(keys[0])
        #expect(authority.count([first], over: message) == 1)
        #expect(authority.count([first, first], over: message) == 1)
        #expect(authority.count([first, try signature(keys[1])], over: message) == 2)
        #expect(authority.count([first, try signature(keys[0], as: keys[1].publicKey.id)], over: message) == 1)
        #expect(authority.count([Signature(keyID: keys[0].publicKey.id, text: "zz")], over: message) == 0)
        #expect(authority.count([first], over: message + [0]) == 0)
    }

    @Test func `one key under two names counts once`() throws {
        let key = try SigningKey(generating: .ecdsa)
        let message = Array("message".utf8)
        var object = key.publicKey.object
        object["note"] = .string("the same key with another identifier")
        let twin = try PublicKey(try Fields(.object(object), path: "key"))
        #expect(twin.id != key.publicKey.id)
        let authority = RoleSigners(keyIDs: [key.publicKey.id, twin.id], threshold: 2)
            .keys(from: [key.publicKey.id: key.publicKey, twin.id: twin])
        let signatures = try [key.publicKey.id, twin.id].map {
            Signature(keyID: $0, text: Hexadecimal.text(of: try key.sign(message)))
        }
        #expect(authority.count(signatures, over: message) == 1)
    }

    @Test func `a key with the name of another does not count`() throws {
        let key = try SigningKey(generating: .ed25519)
        let message = Array("message".utf8)
        let authority = RoleSigners(keyIDs: ["name"], threshold: 1).keys(from: ["name": key.publicKey])
        let signature = Signature(keyID: "name", text: Hexadecimal.text(of: try key.sign(message)))
        #expect(authority.count([signature], over: message) == 0)
    }
}
