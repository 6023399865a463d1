// SPDX-License-Identifier: Apache-2.0

import JSON
import TestSupport
import Testing

@testable import UpdateFramework

/// Reading metadata from foreign bytes.
@Suite struct MetadataParsingTests {
    static let key = String(repeating: "ab", count: 32)
    static let root = """
        {"signatures": [{"keyid": "a", "sig": "00"}, {"keyid": "b", "sig": ""}], "signed": {"_type": "root",
        "spec_version": "1.0.34", "version": 1, "expires": "2030-01-01T00:00:00Z", "consistent_snapshot": true, "x": [1],
        "keys": {"a": {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": "\(key)"}}},
        "roles": {"root": {"keyids": ["a"], "threshold": 1}, "timestamp": {"keyids": ["a"], "threshold": 1},
        "snapshot": {"keyids": ["a"], "threshold": 1}, "targets": {"keyids": ["a", "b"], "threshold": 2},
        "mirrors": {}}}}
        """
    static let targets = """
        {"signatures": [], "signed": {"_type": "targets", "spec_version": "1.0.34", "version": 3,
        "expires": "2030-01-01T00:00:00Z", "targets": {"a/b": {"length": 4, "hashes": {"sha256": "00"}, "custom": {"c": 1}}},
        "delegations": {"keys": {}, "roles": [{"name": "d", "keyids": [], "threshold": 1, "paths": ["*"]},
        {"name": "e", "keyids": [], "threshold": 1, "path_hash_prefixes": ["0"], "terminating": true}]}}}
        """

    static func parse(_ text: String, as type: String) throws {
        let bytes = Array(text.utf8)
        switch type {
        case "root": _ = try SignedMetadata<RootMetadata>(parsing: bytes)
        default: _ = try SignedMetadata<TargetsMetadata>(parsing: bytes)
        }
    }

    @Test func `what is not known is signed too`() throws {
        let root = try SignedMetadata<RootMetadata>(parsing: Array(Self.root.utf8))
        #expect(root.payload.header.unknown == ["x": .array([.integer(1)])])
        #expect(String(decoding: root.signedBytes, as: UTF8.self).contains("\"version\":1,\"x\":[1]}"))
        #expect(String(decoding: root.signedBytes, as: UTF8.self).contains("\"mirrors\":{}"))
        #expect(root.signatures.map(\.text) == ["00", ""])
        #expect(root.payload.consistentSnapshot)
        #expect(root.payload.roles[.targets]?.threshold == 2)
    }

    @Test func `targets and delegations are read`() throws {
        let targets = try SignedMetadata<TargetsMetadata>(parsing: Array(Self.targets.utf8)).payload
        #expect(targets.targets["a/b"]?.length == 4)
        #expect(targets.targets["a/b"]?.custom == ["c": .integer(1)])
        let roles = try #require(targets.delegations).roles
        #expect(roles.map(\.name) == ["d", "e"])
        #expect(roles.map(\.isTerminating) == [false, true])
        #expect(roles.map(\.scope) == [.paths([PathPattern("*")]), .hashPrefixes(["0"])])
    }

    static let faults: [(type: String, old: String, new: String, error: MetadataError)] = [
        ("root", "\"root\",", "\"targets\",", .wrongType(expected: "root", found: "targets")),
        ("root", "1.0.34", "2.0.0", .unsupportedSpecification("2.0.0")),
        ("root", "1.0.34", "10.0", .unsupportedSpecification("10.0")),
        ("root", "\"version\": 1", "\"version\": 0", .badValue(field: "signed.version", value: "0")),
        (
            "root", "\"version\": 1", "\"version\": \"1\"",
            .wrongKind(field: "signed.version", expected: .integer, found: .string)
        ),
        ("root", "\"version\": 1,", "", .missing(field: "signed.version")),
        ("root", "2030-01-01", "2030-02-30", .badValue(field: "signed.expires", value: "2030-02-30T00:00:00Z")),
        (
            "root", "[\"a\"], \"threshold\": 1}, \"timestamp\"", "[\"a\"], \"threshold\": 0}, \"timestamp\"",
            .badValue(field: "signed.roles.root.threshold", value: "0")
        ),
        ("root", "[\"a\", \"b\"]", "[\"a\", \"a\"]", .duplicate(field: "signed.roles.targets.keyids", value: "a")),
        ("root", "{\"keyid\": \"b\"", "{\"keyid\": \"a\"", .duplicate(field: "signatures", value: "a")),
        (
            "root", "\"sig\": \"00\"", "\"sig\": 0",
            .wrongKind(field: "signatures.sig", expected: .string, found: .integer)
        ),
        ("root", "\"snapshot\": {", "\"snapshots\": {", .missing(field: "signed.roles.snapshot")),
        (
            "root", "\"consistent_snapshot\": true", "\"consistent_snapshot\": 1",
            .wrongKind(field: "signed.consistent_snapshot", expected: .boolean, found: .integer)
        ),
        ("root", "\"keyval\": {\"public\"", "\"keyval\": {\"private\"", .missing(field: "signed.keys.a.keyval.public")),
        ("targets", "\"length\": 4", "\"length\": -4", .badValue(field: "signed.targets.a/b.length", value: "-4")),
        (
            "targets", "\"sha256\": \"00\"", "\"sha256\": \"0\"",
            .badValue(field: "signed.targets.a/b.hashes.sha256", value: "0")
        ),
        ("targets", "{\"sha256\": \"00\"}", "{}", .badValue(field: "signed.targets.a/b.hashes", value: "{}")),
        ("targets", "\"name\": \"e\"", "\"name\": \"d\"", .duplicate(field: "signed.delegations.roles", value: "d")),
        (
            "targets", "\"name\": \"e\"", "\"name\": \"root\"",
            .duplicate(field: "signed.delegations.roles", value: "root")
        ),
        ("targets", "\"name\": \"e\"", "\"name\": \"\"", .badValue(field: "signed.delegations.roles.name", value: "")),
        ("targets", "\"paths\": [\"*\"]", "\"paths\": [\"*\"], \"path_hash_prefixes\": []", .badPatterns(role: "d")),
        ("targets", ", \"paths\": [\"*\"]", "", .badPatterns(role: "d")),
        (
            "targets", "\"custom\": {\"c\": 1}", "\"custom\": 1",
            .wrongKind(field: "signed.targets.a/b.custom", expected: .object, found: .integer)
        ),
        (
            "targets", "\"custom\": {\"c\": 1}", "\"custom\": {\"c\": 1.5}",
            .notJSON(JSONFault(reason: .notWhole, offset: 203))
        ),
    ]

    @Test(arguments: faults)
    func `a fault is refused with its field`(type: String, old: String, new: String, error: MetadataError) throws {
        let good = type == "root" ? Self.root : Self.targets
        try Self.parse(good, as: type)
        let bad = good.replacingOnce(old, with: new)
        #expect(bad != good)
        #expect(throws: error) { try Self.parse(bad, as: type) }
    }

    @Test func `damaged metadata is refused or read, and never traps`() throws {
        var random = SeededGenerator(seed: SeededGenerator.seed)
        let seeds = [Self.root, Self.targets].map { Array($0.utf8) }
        for round in 0..<4000 {
            var bytes = seeds[round % 2]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = .random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: place)
                }
            }
            if let root = try? SignedMetadata<RootMetadata>(parsing: bytes) {
                #expect(
                    try SignedMetadata<RootMetadata>(parsing: SignedMetadata(root.payload).bytes).payload.header.version
                        == root.payload.header.version)
            }
            if let targets = try? SignedMetadata<TargetsMetadata>(parsing: bytes) {
                #expect(
                    try SignedMetadata<TargetsMetadata>(parsing: SignedMetadata(targets.payload).bytes).payload.targets
                        == targets.payload.targets)
            }
        }
    }

    @Test func `a file stays as it was until somebody signs it`() throws {
        let file = Array((Self.root + " \n").utf8)
        var root = try SignedMetadata<RootMetadata>(parsing: file)
        #expect(root.bytes == file)
        let key = try SigningKey(generating: .ed25519)
        for count in [3, 3] {
            try root.sign(with: key)
            #expect(root.bytes != file)
            #expect(root.signatures.count == count)
        }
        let again = try SignedMetadata<RootMetadata>(parsing: root.bytes)
        #expect(again.signedBytes == root.signedBytes)
        #expect(again.signatures == root.signatures)
    }

    @Test func `foreign text in a message cannot move the cursor`() {
        let error = MetadataError.wrongType(expected: "root", found: "\u{1b}[2J" + String(repeating: "x", count: 200))
        #expect(!error.description.unicodeScalars.contains("\u{1b}"))
        #expect(error.description.count < 200)
    }
}

extension String {
    fileprivate func replacingOnce(_ old: String, with new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}
