// SPDX-License-Identifier: Apache-2.0

import JSON
import TestSupport
import Testing

@testable import UpdateFramework

/// Private keys in files.
@Suite struct KeyFileTests {
    static let passphrase = Array("correct horse".utf8)

    static func file(_ key: SigningKey, cost: KeyFile.Cost = .least) throws -> KeyFile {
        var random = SystemRandomNumberGenerator()
        return try KeyFile(sealing: key, with: passphrase, cost: cost, using: &random)
    }

    @Test(arguments: PublicKey.Scheme.allCases)
    func `a key comes out of its file as it went in`(scheme: PublicKey.Scheme) throws {
        let key = try SigningKey(generating: scheme)
        let file = try KeyFile(parsing: try Self.file(key).bytes)
        #expect(file.publicKey == key.publicKey)
        let opened = try file.open(with: Self.passphrase)
        #expect(opened.secretBytes == key.secretBytes)
        #expect(key.publicKey.verifies(try opened.sign([1]), of: [1]))
    }

    @Test func `another passphrase does not open it`() throws {
        let file = try Self.file(try SigningKey(generating: .ed25519))
        for passphrase in [[], Self.passphrase + [1], Array("Correct horse".utf8)] {
            #expect(throws: RepositoryError.self) { try file.open(with: passphrase) }
        }
    }

    @Test func `a file that was changed does not open`() throws {
        let key = try SigningKey(generating: .ed25519)
        let other = try SigningKey(generating: .ed25519)
        let text = String(decoding: try Self.file(key).bytes, as: UTF8.self)
        func publicText(_ key: SigningKey) -> String {
            guard case .object(let value)? = key.publicKey.object["keyval"], case .string(let text)? = value["public"]
            else {
                return ""
            }
            return text
        }
        let changes = [
            (publicText(key), publicText(other)), ("\"logarithm\": 14", "\"logarithm\": 15"),
            ("\"parallelism\": 1", "\"parallelism\": 2"), ("\"sealed\": \"", "\"sealed\": \"00"),
        ]
        for (old, new) in changes {
            let changed = text.replacing(old, with: new)
            #expect(changed != text)
            let file = try KeyFile(parsing: Array(changed.utf8))
            #expect(throws: RepositoryError.self) { try file.open(with: Self.passphrase) }
        }
    }

    @Test(arguments: [
        ("\"logarithm\": 14", "\"logarithm\": 13"), ("\"logarithm\": 14", "\"logarithm\": 63"),
        ("\"blockSize\": 8", "\"blockSize\": 1000000"), ("\"parallelism\": 1", "\"parallelism\": 5"),
        ("\"schemaVersion\": 1", "\"schemaVersion\": 2"), ("\"scheme\": \"ed25519\"", "\"scheme\": \"x\""),
        ("\"salt\": \"", "\"salt\": \"z"),
    ])
    func `settings that nobody should use are refused before any work`(old: String, new: String) throws {
        let text = String(decoding: try Self.file(try SigningKey(generating: .ed25519)).bytes, as: UTF8.self)
        let changed = text.replacing(old, with: new)
        #expect(changed != text)
        #expect(throws: RepositoryError.self) { try KeyFile(parsing: Array(changed.utf8)) }
    }

    @Test func `the usual cost is worth its time`() throws {
        let file = try Self.file(try SigningKey(generating: .ed25519), cost: .usual)
        let duration = try ContinuousClock().measure { _ = try file.open(with: Self.passphrase) }
        #expect(duration > .milliseconds(50))
    }

    @Test func `two files of one key have nothing in common but the key`() throws {
        let key = try SigningKey(generating: .ed25519)
        #expect(try Self.file(key).bytes != Self.file(key).bytes)
    }
}
