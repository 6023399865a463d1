// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import UpdateFramework

/// Commands that are killed, or that find no room, leave a repository that hosts can use.
@Suite(.timeLimit(.minutes(5))) struct InterruptionTests {
    /// The version of the timestamp after an update from the first root.
    private func update(_ person: Operator, _ tree: String = "repository") async throws -> Int64 {
        let host = try TemporaryDirectory(in: .memory)
        let metadata = MetadataDirectory(path: host.path)
        try metadata.initialize(trustedRoot: try person.directory.read("root.json"))
        var client = UpdateClient(
            directory: metadata, repository: DirectoryFetcher(directory: person.directory.path(tree) + "/metadata"),
            at: UpdateTime(secondsSince1970: Int64(Date().timeIntervalSince1970)))
        let file = try await client.find("revocations.json")
        _ = try await client.download(
            "revocations.json", file, from: DirectoryFetcher(directory: person.directory.path(tree) + "/targets"),
            into: host.path)
        return client.trusted?.timestamp?.header.version ?? 0
    }

    @Test func `publish, resign and export are killed at any instant`() async throws {
        let person = try Operator()
        try person.takeRepository()
        var version = try await update(person)
        let commands = [
            "publish change --repository repository \(Operator.online)",
            "resign --repository repository \(Operator.online)", "export mirror --repository repository",
        ]
        for round in 0..<18 {
            // From before the keys are open to after the end.
            let command = commands[round % 3]
            _ = try person.run("timeout -s KILL 0.\(100 + round * 15) kaketsugi-server \(command) || true")
            let now = try await update(person)
            #expect(now >= version)
            version = now
            if person.directory.exists("mirror/metadata/timestamp.json") { _ = try await update(person, "mirror") }
        }
        try person.succeed(commands.map { "kaketsugi-server \($0)" }.joined(separator: "\n"))
        #expect(try await update(person) > version)
        #expect(try await update(person, "mirror") > version)
        #expect(person.directory.exists("mirror/metadata/1.openssl_debian-12_a.json"))
    }

    @Test(arguments: [0, 1, 3, 6, 10, 24])
    func `a full disk leaves the old repository`(free: Int) async throws {
        let person = try Operator()
        try person.takeRepository()
        // The change has the patch, and all metadata of a new shelf: about a dozen files of a page or two.
        let command = try person.run(
            """
            mkdir disk
            unshare --mount bash -euc '
                mount -t tmpfs -o size=4M tmpfs disk
                cp -r repository disk/
                dd if=/dev/zero of=disk/fill bs=4096 status=none || true
                truncate -s -$((\(free) * 4096)) disk/fill
                status=0
                kaketsugi-server publish change --repository disk/repository \(Operator.online) || status=$?
                cp -r disk/repository after
                exit $status'
            """)
        let version = try await update(person, "after")
        if command.status == 0 {
            #expect(version == 2)
        } else {
            #expect(command.status == 3 && command.errors.contains("No space left"), "\(command.errors)")
            #expect(version == 1)
        }
        // With few pages it must fail, with many it must not.
        #expect((command.status == 0) == (free >= 16) || (3..<16).contains(free), "\(free): \(command.status)")
        try person.succeed("kaketsugi-server publish change --repository after \(Operator.online)")
        #expect(try await update(person, "after") > version)
    }
}
