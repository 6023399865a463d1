// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import UpdateFramework

/// The runbook `docs/key-ceremony.md`, run as it is written.
@Suite(.timeLimit(.minutes(5))) struct KeyCeremonyDocumentTests {
    /// The blocks of commands in the document, in their order.
    static func blocks() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/key-ceremony.md"), encoding: .utf8)
        var blocks: [String] = []
        var block: [Substring]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let lines = block {
                if line == "```" {
                    blocks.append(lines.joined(separator: "\n"))
                    block = nil
                } else {
                    block = lines + [line]
                }
            } else if line == "```sh" {
                block = []
            }
        }
        return blocks
    }

    @Test func `every command of the runbook does what it says, and clients read the outcome`() async throws {
        let person = try Operator()
        try person.directory.write(try SamplePatch().file(), to: "hollowbyte.mend")
        try person.directory.write(try SamplePatch(buildID: [0x01, 0x02]).file(), to: "later.mend")
        let blocks = try Self.blocks()
        try #require(blocks.count > 15)
        var published = 0
        for block in blocks {
            let command = try person.run(block)
            try #require(command.status == 0, "\(block)\n\(command.errors)\(command.output)")
            guard block.contains("publish ") || block.contains("resign ") || block.contains("revoke ") else { continue }
            // A host of the very first day, after every single step.
            try await Reading.byLibrary(person.directory)
            published += 1
        }
        #expect(published >= 8)
        try Reading.byReference(person.directory, targets: ["revocations.json"])
        try Reading.byReference(person.directory, tree: "mirror", targets: ["openssl/debian-12/abcd/1.mend"])
        try Reading.byOwnClient(person.directory, tree: "mirror", targets: ["openssl/debian-12/abcd/1.mend"])
        try Reading.byOwnClient(person.directory, tree: "repository", targets: ["revocations.json"])
        let withdrawn = "openssl/debian-12/abcd/1.mend"
        #expect(throws: CommandFailure.self) { try Reading.byReference(person.directory, targets: [withdrawn]) }
        #expect(throws: CommandFailure.self) {
            try Reading.byOwnClient(person.directory, tree: "repository", targets: [withdrawn])
        }
    }
}

/// Clients that begin with the first root and read a repository.
enum Reading {
    /// The client of the hosts, from the folder.
    static func byLibrary(_ directory: TemporaryDirectory) async throws {
        let host = try TemporaryDirectory()
        let metadata = MetadataDirectory(path: host.path)
        try metadata.initialize(trustedRoot: try directory.read("repository/metadata/1.root.json"))
        let now = UpdateTime(secondsSince1970: Int64(Date().timeIntervalSince1970))
        let tree = DirectoryFetcher(directory: directory.path("repository/metadata"))
        var client = UpdateClient(directory: metadata, repository: tree, at: now)
        _ = try await client.find("revocations.json")
    }

    /// The client of the reference implementation.
    static func byReference(_ directory: TemporaryDirectory, tree: String = "repository", targets: [String]) throws {
        let client = try TemporaryDirectory()
        for folder in ["metadata", "downloads"] {
            try FileManager.default.createDirectory(atPath: client.path(folder), withIntermediateDirectories: true)
        }
        let command = try python(
            "../UpdateFrameworkTests/Python/read_repository.py",
            [
                directory.path(tree), directory.path("\(tree)/metadata/1.root.json"), client.path("metadata"),
                client.path("downloads"),
            ] + targets)
        guard command.status == 0 else { throw CommandFailure(description: command.errors) }
    }

    /// `tuf-client`, through HTTP.
    static func byOwnClient(_ directory: TemporaryDirectory, tree: String, targets: [String]) throws {
        let client = try TemporaryDirectory()
        let command = try python(
            "read_tree.py",
            [directory.path(tree), try Operator.programs() + "/tuf-client", client.path] + targets)
        guard command.status == 0 else { throw CommandFailure(description: command.errors) }
    }
}
