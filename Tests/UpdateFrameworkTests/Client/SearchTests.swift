// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import UpdateFramework

/// The search for a target through delegations.
@Suite struct SearchTests {
    static let graphs: [(name: String, edges: [(RoleName, RoleName, [String], Bool)], visited: [String])] = [
        ("in order", [("targets", "A", ["*"], false), ("targets", "B", ["*"], false)], ["A", "B"]),
        (
            "depth first", [("targets", "A", ["*"], false), ("targets", "B", ["*"], false), ("A", "C", ["*"], false)],
            ["A", "C", "B"]
        ),
        (
            "terminating",
            [
                ("targets", "A", ["*"], false), ("targets", "B", ["*"], false), ("A", "C", ["*"], true),
                ("A", "D", ["*"], false), ("C", "E", ["*"], false),
            ], ["A", "C", "E"]
        ),
        (
            "a terminating role for other paths", [("targets", "A", ["*.x"], true), ("targets", "B", ["*"], false)],
            ["B"]
        ),
        (
            "other paths",
            [("targets", "A", ["*.x"], false), ("A", "C", ["*"], false), ("targets", "B", ["m*"], false)],
            ["B"]
        ),
        (
            "a circle", [("targets", "A", ["*"], false), ("A", "B", ["*"], false), ("B", "A", ["*"], false)],
            ["A", "B"]
        ),
    ]

    @Test(arguments: graphs)
    func `roles are asked in order, and only those that are trusted`(
        name: String, edges: [(RoleName, RoleName, [String], Bool)], visited: [String]
    ) async throws {
        var repository = try TestRepository()
        var keys: [RoleName: SigningKey] = [:]
        for (from, to, patterns, isTerminating) in edges {
            keys[to] = try repository.delegate(
                patterns, from: from, to: to, isTerminating: isTerminating, key: keys[to])
        }
        try repository.publish()
        let host = try TestHost(of: repository)
        #expect(try await refusal { _ = try await host.download("missing") } == "no such target")
        #expect(repository.metadata.takeRequests().dropFirst(4) == visited.map { "1.\($0).json" }[...])
        // All of them are on disk now.
        #expect(try await refusal { _ = try await host.download("missing") } == "no such target")
        #expect(repository.metadata.takeRequests().count == 2)
    }

    @Test func `the first role that knows a target is believed`() async throws {
        var repository = try TestRepository()
        try repository.delegate(["*"], to: "A")
        try repository.delegate(["*"], to: "B")
        repository.add("of A", as: "file", to: "A")
        repository.add("of B", as: "file", to: "B")
        try repository.publish()
        let host = try TestHost(of: repository)
        let path = try await host.download("file")
        #expect(try host.downloads.read("file") == "of A")
        #expect(path == host.downloads.path("file"))
    }

    @Test func `every role of a chain must be trusted for the target`() async throws {
        var repository = try TestRepository()
        try repository.delegate(["a/*"], to: "A")
        try repository.delegate(["*/*"], from: "A", to: "B")
        repository.add("beyond", as: "b/file", to: "B")
        try repository.publish()
        let host = try TestHost(of: repository)
        #expect(try await refusal { _ = try await host.download("b/file") } == "no such target")
    }

    @Test func `a role must satisfy each of its delegators`() async throws {
        var repository = try TestRepository()
        try repository.delegate(["a/*"], to: "A")
        try repository.delegate(["b/*"], to: "B")
        let key = try repository.delegate(["a/*"], from: "A", to: "shared")
        try repository.delegate(["b/*"], from: "B", to: "shared")
        repository.keys["shared"] = [key]
        repository.add("good", as: "a/file", to: "shared")
        repository.add("not signed for B", as: "b/file", to: "shared")
        try repository.publish()
        let host = try TestHost(of: repository)
        var client = host.client()
        #expect(try await client.find("a/file").length == 4)
        #expect(try await refusal { _ = try await client.find("b/file") } == "not signed shared")
        #expect(try await client.find("a/file").length == 4)
    }

    @Test func `a role that the snapshot does not list is not asked`() async throws {
        var repository = try TestRepository()
        try repository.delegate(["*"], to: "A")
        try repository.publishTargets(of: .targets)
        try repository.publishSnapshot()
        try repository.publishTimestamp()
        let host = try TestHost(of: repository)
        #expect(try await refusal { _ = try await host.download("file") } == "not listed A")
        #expect(repository.metadata.takeRequests().count == 4)
    }

    @Test(arguments: [
        ("rollback", "not as listed A"), ("expired", "expired A"), ("unsigned", "not signed A"),
    ])
    func `a delegated role is checked like the others`(attack: String, word: String) async throws {
        var repository = try TestRepository()
        try repository.delegate(["*"], to: "A")
        try repository.publish()
        let old = repository.metadata.files["1.A.json"]
        switch attack {
        case "expired": repository.targets["A"]?.header.expires = TestRepository.now
        case "unsigned": repository.keys["A"] = []
        default: break
        }
        try repository.publishNext()
        if attack == "rollback" { repository.metadata.files["2.A.json"] = old }
        let host = try TestHost(of: repository)
        #expect(try await refusal { _ = try await host.download("file") } == word)
        #expect(try host.version("A") == nil)
    }

    @Test func `a search asks no more roles than its bound`() async throws {
        var repository = try TestRepository()
        for index in 0..<40 { try repository.delegate(["*"], to: RoleName("r\(index)")) }
        try repository.publish()
        let host = try TestHost(of: repository)
        #expect(try await refusal { _ = try await host.download("file") } == "search too long")
        #expect(repository.metadata.takeRequests().count == 4 + 32)
    }

    @Test(arguments: ["?", "../../etc/passwd", "/x", "é", ".hidden"] as [RoleName])
    func `an unusual role name stays a name`(role: RoleName) async throws {
        var repository = try TestRepository()
        try repository.delegate(["*"], to: role)
        repository.add("text", as: "file", to: role)
        try repository.publish()
        let host = try TestHost(of: repository)
        _ = try await host.download("file")
        #expect(try host.directory.names.count == 5)
    }

    @Test func `a role whose name no file can have is refused`() async throws {
        var repository = try TestRepository()
        try repository.delegate(["*"], to: RoleName(String(repeating: "x", count: 300)))
        try repository.publish()
        let host = try TestHost(of: repository)
        #expect(try await refusal { _ = try await host.download("file") } == "unusable name")
    }
}
