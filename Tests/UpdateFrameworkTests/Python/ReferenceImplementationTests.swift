// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import TestSupport
import Testing

@testable import UpdateFramework

/// The reference implementation is of the same opinion.
@Suite(.timeLimit(.minutes(5))) struct ReferenceImplementationTests {
    @Test func `it writes the same canonical form, and matches the same paths`() throws {
        var random = SeededGenerator(seed: SeededGenerator.seed)
        let directory = try TemporaryDirectory()
        var questions: [(JSONValue, PathPattern, TargetPath)] = []
        for _ in 0..<2000 {
            questions.append(
                (
                    JSONValue.random(depth: 4, using: &random),
                    PathPattern(Self.text(of: "ab*?[]!-/", using: &random)),
                    TargetPath(Self.text(of: "ab]!-/", using: &random))
                ))
        }
        let list = JSONValue.array(
            questions.map { question in
                .array([
                    .string(String(decoding: question.0.text, as: UTF8.self)), .string(question.1.text),
                    .string(question.2.text),
                ])
            })
        let command = try python("canonical.py", [try directory.write(list.text, to: "questions.json")])
        #expect(command.status == 0, "\(command.errors)")
        guard case .array(let answers) = try JSONValue(parsing: Array(command.output.utf8)) else {
            throw CommandFailure(description: command.output)
        }
        #expect(answers.count == questions.count)
        var matches = 0
        for (question, answer) in zip(questions, answers) {
            let canonical = Hexadecimal.text(of: question.0.canonicalBytes)
            let isMatch = question.1.matches(question.2)
            matches += isMatch ? 1 : 0
            #expect(
                answer == .array([.string(canonical), .boolean(isMatch)]), "\(question.1.text) \(question.2.text)")
        }
        #expect(matches > 20)
    }

    private static func text(of characters: String, using random: inout SeededGenerator) -> String {
        let characters = Array(characters)
        return String(
            (0..<Int.random(in: 0..<7, using: &random)).map { _ in
                characters[Int.random(in: 0..<characters.count, using: &random)]
            })
    }

    /// A repository of our own: three of five for the root, all kinds of keys, a delegation, and a new root.
    struct Repository {
        let tree: RepositoryTree
        let holders: [SigningKey]
        let online: SigningKey
        let product: SigningKey
        var publication: Publication

        init(in directory: TemporaryDirectory, consistentSnapshot: Bool) throws {
            tree = RepositoryTree(path: directory.path)
            holders = try [.ed25519, .ecdsa, .rsa, .ed25519, .ecdsa].map { scheme throws(RepositoryError) in
                try SigningKey(generating: scheme)
            }
            online = try SigningKey(generating: .ecdsa)
            product = try SigningKey(generating: .ed25519)
            let expires = UpdateTime(secondsSince1970: Int64(Date().timeIntervalSince1970) + 86_400)
            var ceremony = try RootCeremony(
                creating: [
                    .root: .init(holders.map(\.publicKey), threshold: 3),
                    .targets: .init(holders.prefix(3).map(\.publicKey), threshold: 2),
                    .snapshot: .init([online.publicKey], threshold: 1),
                    .timestamp: .init([online.publicKey], threshold: 1),
                ], consistentSnapshot: consistentSnapshot, expires: expires)
            for holder in holders.prefix(3) { try ceremony.sign(with: holder) }
            let header = MetadataHeader(version: 1, expires: expires)
            let role = DelegatedRole(
                name: "glibc on bookworm", signers: RoleSigners(keyIDs: [product.publicKey.id], threshold: 1),
                scope: .paths([PathPattern("glibc/*/?.mend")]), isTerminating: true)
            var delegated = SignedMetadata(
                TargetsMetadata(
                    header: header,
                    targets: [
                        "glibc/bookworm/1.mend": try tree.write(
                            Array("a patch".utf8), as: "glibc/bookworm/1.mend", consistentSnapshot: consistentSnapshot)
                    ]))
            try delegated.sign(with: product)
            var targets = SignedMetadata(
                TargetsMetadata(
                    header: header,
                    targets: [
                        "revoked.json": try tree.write(
                            Array("[]".utf8), as: "revoked.json", consistentSnapshot: consistentSnapshot)
                    ],
                    delegations: Delegations(keys: [product.publicKey.id: product.publicKey], roles: [role])))
            for holder in holders.dropFirst().prefix(2) { try targets.sign(with: holder) }
            publication = Publication(
                roots: [try ceremony.finished()], targets: [.targets: targets, role.name: delegated])
            try publication.renewSnapshot(expires: expires, signers: [online])
            try publication.renewTimestamp(expires: expires, signers: [online])
            try tree.write(publication)
        }
    }

    @Test(arguments: [true, false])
    func `its client reads what we write`(consistentSnapshot: Bool) throws {
        let directory = try TemporaryDirectory()
        let client = try TemporaryDirectory()
        var repository = try Repository(in: directory, consistentSnapshot: consistentSnapshot)
        let root = try client.write(repository.publication.roots[0].bytes, to: "trusted.json")
        func read() throws -> Command {
            try python(
                "read_repository.py",
                [
                    directory.path, root, client.path("metadata"), client.path("downloads"), "revoked.json",
                    "glibc/bookworm/1.mend",
                ])
        }
        try FileManager.default.createDirectory(atPath: client.path("metadata"), withIntermediateDirectories: true)
        let first = try read()
        #expect(first.errors == "")
        #expect(first.output == "{\"root\": 1, \"snapshot\": 1, \"targets\": 1, \"timestamp\": 1}\n")
        #expect(try client.read("downloads/glibc%2Fbookworm%2F1.mend") == "a patch")

        // A stolen online key: a new root, and all that it signed anew.
        let expires = repository.publication.roots[0].payload.header.expires
        let new = try SigningKey(generating: .ed25519)
        var ceremony = try RootCeremony(following: repository.publication.roots[0], expires: expires)
        try ceremony.rotate(repository.online.publicKey.id, to: new.publicKey, of: .snapshot)
        try ceremony.rotate(repository.online.publicKey.id, to: new.publicKey, of: .timestamp)
        for holder in repository.holders.suffix(3) { try ceremony.sign(with: holder) }
        repository.publication.roots.append(try ceremony.finished())
        #expect(throws: RepositoryError.self) { try repository.publication.files() }
        try repository.publication.renewSnapshot(expires: expires, signers: [new])
        try repository.publication.renewTimestamp(expires: expires, signers: [new])
        try repository.tree.write(repository.publication)
        let second = try read()
        #expect(second.errors == "")
        #expect(second.output == "{\"root\": 2, \"snapshot\": 2, \"targets\": 1, \"timestamp\": 2}\n")
    }

    @Test func `our client reads what we write`() async throws {
        let directory = try TemporaryDirectory()
        let client = try TemporaryDirectory()
        let repository = try Repository(in: directory, consistentSnapshot: true)
        let metadata = MetadataDirectory(path: client.path("metadata"))
        try metadata.initialize(trustedRoot: repository.publication.roots[0].bytes)
        var update = UpdateClient(
            directory: metadata, repository: DirectoryFetcher(directory: repository.tree.metadata),
            at: UpdateTime(secondsSince1970: Int64(Date().timeIntervalSince1970)))
        let file = try await update.find("glibc/bookworm/1.mend")
        let targets = DirectoryFetcher(directory: repository.tree.targets)
        let path = try await update.download("glibc/bookworm/1.mend", file, from: targets, into: client.path)
        #expect(path == client.path("glibc%2Fbookworm%2F1.mend"))
        #expect(try client.read("glibc%2Fbookworm%2F1.mend") == "a patch")
    }
}
