// SPDX-License-Identifier: Apache-2.0

import Crypto
import JSON
import TestSupport
import Testing

@testable import UpdateFramework

/// Bringing a target.
@Suite struct DownloadTests {
    @Test(arguments: [true, false])
    func `a target is brought once`(consistentSnapshot: Bool) async throws {
        var repository = try TestRepository(consistentSnapshot: consistentSnapshot)
        repository.add("contents", as: "dir/a file")
        try repository.publish()
        let host = try TestHost(of: repository)
        _ = try await host.download("dir/a file")
        #expect(try host.downloads.read("dir%2Fa%20file") == "contents")
        let hash = FileHashes(of: Array("contents".utf8)).known[.sha256] ?? ""
        #expect(
            repository.contents.takeRequests()
                == [consistentSnapshot ? "dir/\(hash).a%20file" : "dir/a%20file"])
        _ = try await host.download("dir/a file")
        #expect(repository.contents.takeRequests() == [])
        #expect(try host.downloads.names == ["dir%2Fa%20file"])
    }

    @Test func `new contents come in place of the old ones`() async throws {
        var repository = try TestRepository()
        repository.add("old", as: "file")
        try repository.publish()
        let host = try TestHost(of: repository)
        _ = try await host.download("file")
        repository.add("new", as: "file")
        try repository.publishNext()
        _ = try await host.download("file")
        #expect(try host.downloads.read("file") == "new")
    }

    static let swaps: [(String, String)] = [
        ("contentz", "not the target"), ("short", "not the target"), ("", "not the target"),
        ("contents and more", "longer"), (String(repeating: "x", count: 5_000_000), "longer"),
    ]

    @Test(arguments: swaps)
    func `other contents are refused, and the old file stays`(sent: String, word: String) async throws {
        var repository = try TestRepository()
        repository.add("old", as: "file")
        try repository.publish()
        let host = try TestHost(of: repository)
        _ = try await host.download("file")
        repository.add("contents", as: "file")
        try repository.publishNext()
        for name in repository.contents.files.keys { repository.contents.files[name] = Array(sent.utf8) }
        #expect(try await refusal { _ = try await host.download("file") }.contains(word))
        #expect(try host.downloads.names == ["file"])
        #expect(try host.downloads.read("file") == "old")
    }

    @Test func `a changed file on the host is brought again`() async throws {
        var repository = try TestRepository()
        repository.add("contents", as: "file")
        try repository.publish()
        let host = try TestHost(of: repository)
        _ = try await host.download("file")
        try host.downloads.write("changed!", to: "file")
        _ = try await host.download("file")
        #expect(try host.downloads.read("file") == "contents")
    }

    @Test func `an empty target is a target`() async throws {
        var repository = try TestRepository()
        repository.add("", as: "empty")
        try repository.publish()
        let host = try TestHost(of: repository)
        _ = try await host.download("empty")
        #expect(try host.downloads.read("empty") == "")
    }

    @Test func `every known hash must be right, and one must be known`() async throws {
        var repository = try TestRepository()
        repository.add("contents", as: "file")
        let sha512 = Hexadecimal.text(of: SHA512.hash(data: Array("contents".utf8)))
        let good = try #require(repository.targets[.targets]?.targets["file"]?.hashes)
        func attempt(_ hashes: FileHashes) async throws -> String {
            repository.targets[.targets]?.targets["file"]?.hashes = hashes
            let hash = hashes.first.map { "\($0).file" } ?? "file"
            repository.contents.files[hash] = Array("contents".utf8)
            try repository.publishNext()
            let host = try TestHost(of: repository)
            return try await refusal { _ = try await host.download("file") }
        }
        var both = good
        both.known[.sha512] = sha512
        #expect(try await attempt(both) == "accepted")
        var alone = both
        alone.known[.sha256] = nil
        #expect(try await attempt(alone) == "accepted")
        both.known[.sha512] = String(sha512.reversed())
        #expect(try await attempt(both) == "not the target")
        var none = good
        none.known = [:]
        none.others = ["sha3": .string("00")]
        #expect(!none.match(Array("contents".utf8)))
        #expect(try await attempt(none) == "unknown hashes")
    }

    @Test(arguments: ["..", "../../x", "/etc/passwd", ".", ".file.XXXXXX"] as [TargetPath])
    func `a target stays in its folder`(path: TargetPath) async throws {
        var repository = try TestRepository()
        repository.add("contents", as: path)
        try repository.publish()
        let host = try TestHost(of: repository)
        let file = try await host.download(path)
        #expect(file.hasPrefix(host.downloads.path + "/%"))
        #expect(try host.downloads.names.count == 1)
    }

    @Test func `a folder serves like a server`() async throws {
        var repository = try TestRepository()
        repository.add("contents", as: "a/b c")
        try repository.publish()
        let tree = try TemporaryDirectory()
        for (name, bytes) in repository.metadata.files { try tree.write(bytes, to: name) }
        let hash = FileHashes(of: Array("contents".utf8)).known[.sha256] ?? ""
        try tree.write("contents", to: "a/\(hash).b c")
        let host = try TestHost(of: repository)
        var client = UpdateClient(
            directory: MetadataDirectory(path: host.directory.path), repository: DirectoryFetcher(directory: tree.path),
            at: TestRepository.now)
        let file = try await client.find("a/b c")
        _ = try await client.download(
            "a/b c", file, from: DirectoryFetcher(directory: tree.path), into: host.downloads.path)
        #expect(try host.downloads.read("a%2Fb%20c") == "contents")
        try tree.write(Array(repeating: 0x20, count: 20_000), to: "timestamp.json")
        #expect(
            try await refusal { try await client.refresh() }
                == "not fetched timestamp.json it is longer than 16384 bytes")
    }
}
