// SPDX-License-Identifier: Apache-2.0

import Foundation
import ServicePolicy
import ServiceStore
import ServiceTesting
import TestSupport
import Testing

/// What was acknowledged is there, whatever happened since.
@Suite(.serialized) struct DurabilityTests {
    private static let writer = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "record-writer")

    @Test(arguments: TestDatabase.allCases)
    func `a server that is killed in the middle of a write loses nothing that it acknowledged`(
        _ database: TestDatabase
    ) async throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed)
        try await database.withStore { store, location in
            var acknowledged: Int64 = 0
            for _ in 0..<8 {
                acknowledged = max(
                    acknowledged, try Self.runAndKill(at: location, after: Int.random(in: 1...25, using: &generator)))
                guard case .intact(let entries, _) = try await store.read({ try $0.verifyAudit() }) else {
                    Issue.record("the log is broken")
                    return
                }
                #expect(entries >= acknowledged)
            }
        }
    }

    /// Kills the writer after it has said so many lines, in the middle of whatever it does then.
    private static func runAndKill(at location: StoreLocation, after lines: Int) throws -> Int64 {
        let place =
            switch location {
            case .file(let path): URL(filePath: path).deletingLastPathComponent().path
            case .postgreSQL(let uri): uri
            }
        let process = Process()
        process.executableURL = writer
        process.arguments = [place]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while text.split(separator: "\n").count < lines {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { throw CommandFailure(description: "the writer ended by itself: \(text)") }
            text += String(decoding: data, as: UTF8.self)
        }
        kill(process.processIdentifier, SIGKILL)
        text += String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // A last line without an end was not said.
        let whole = text.hasSuffix("\n") ? text[...] : text[..<(text.lastIndex(of: "\n") ?? text.startIndex)]
        return whole.split(separator: "\n").compactMap { Int64($0) }.max() ?? 0
    }

    @Test func `a full disk refuses, keeps what was acknowledged, and goes on when there is room`() throws {
        let folder = try TemporaryDirectory()
        let script = """
            mount -t tmpfs -o size=3m tmpfs '\(folder.path)' &&
            head -c 1000000 /dev/zero >'\(folder.path)/filler' &&
            exec '\(Self.writer.path)' '\(folder.path)' '\(folder.path)/filler'
            """
        let run = try Command("unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script])
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.suffix(3) == ["full", "kept true", "next true"], "\(run.errors)")
        #expect(lines.count > 20)
    }

    @Test func `a full disk under PostgreSQL refuses, and keeps what was acknowledged`() async throws {
        let server = try PostgreSQLServer(settings: ["max_wal_size=4MB", "min_wal_size=2MB"], megabytes: 96)
        let store = try await ServiceStore(at: try server.makeDatabase())
        try server.fillDisk()
        var generator = SeededGenerator(seed: SeededGenerator.seed)
        // What cannot be made smaller by compression.
        let detail = (0..<8000).map { _ in String(UInt64.random(in: 0 ... .max, using: &generator), radix: 36) }
            .joined()
        @Sendable func log(_ detail: String) async throws -> Int64 {
            try await store.write {
                try $0.log("test", of: "x", by: "writer", at: Moment(seconds: 1), detail: detail).number
            }
        }
        var acknowledged: Int64 = 0
        var refusal: StoreError?
        for _ in 0..<500 where refusal == nil {
            do { acknowledged = try await log(detail) } catch let error as StoreError { refusal = error }
        }
        #expect(refusal != nil)

        try server.makeRoom()
        server.stop("KILL")
        try server.start()
        let next = try await log("there is room again")
        #expect(next > acknowledged)
        guard case .intact(let entries, _) = try await store.read({ try $0.verifyAudit() }) else {
            Issue.record("the log is broken")
            return
        }
        #expect(entries == next)
    }

    @Test func `PostgreSQL may be restarted: meanwhile it is said so, and nothing that was acknowledged is lost`()
        async throws
    {
        let server = try PostgreSQLServer()
        let store = try await ServiceStore(at: try server.makeDatabase())
        let writers = Task {
            var acknowledged: Int64 = 0
            var refusals = 0
            // Until it has been refused, and goes on after that.
            var after = 0
            while after < 5 {
                try Task.checkCancellation()
                do {
                    acknowledged = try await store.write { records in
                        try records.log("test", of: "x", by: "writer", at: Moment(seconds: 1)).number
                    }
                    if refusals > 0 { after += 1 }
                } catch StoreError.unreachable {
                    refusals += 1
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            return (acknowledged, refusals)
        }
        for signal in ["QUIT", "KILL", "INT"] {
            try await Task.sleep(for: .milliseconds(100))
            server.stop(signal)
            await #expect(throws: StoreError.self) { try await store.read { try $0.users() } }
            try server.start()
        }
        let (acknowledged, refusals) = try await writers.value
        #expect(refusals > 0)
        guard case .intact(let entries, _) = try await store.read({ try $0.verifyAudit() }) else {
            Issue.record("the log is broken")
            return
        }
        #expect(entries >= acknowledged)
        await store.close()
        server.stop()
    }

    @Test(arguments: TestDatabase.allCases)
    func `several servers may start at once on an empty database`(_ database: TestDatabase) async throws {
        let folder = try TemporaryDirectory()
        let location: StoreLocation =
            switch database {
            case .sqlite: .folder(folder.path)
            case .postgreSQL: try PostgreSQLServer.shared.get().makeDatabase()
            }
        let secrets = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let store = try await ServiceStore(at: location)
                    let secret = try await store.write { try $0.secret("test") }
                    await store.close()
                    return secret
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(secrets.count == 1)
        #expect(secrets.first?.utf8.count == 64)
    }

    @Test(arguments: TestDatabase.allCases)
    func `a database of a later program is left alone`(_ database: TestDatabase) async throws {
        try await database.withStore { store, location in
            try await store.write { try $0.run("INSERT INTO migrations (name, number) VALUES ('2030 later', 7)") }
            await #expect(throws: StoreError.laterVersion(migration: "2030 later")) {
                _ = try await ServiceStore(at: location)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a transaction that fails changes nothing`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            await #expect(throws: CancellationError.self) {
                try await store.write { records in
                    try records.set("a", to: "1")
                    throw CancellationError()
                }
            }
            let a = try await store.read { try $0.setting("a") }
            #expect(a == nil)
            await #expect(throws: StoreError.self) {
                try await store.write { records in
                    try records.set("b", to: "1")
                    try records.run("NONSENSE")
                }
            }
            let b = try await store.read { try $0.setting("b") }
            #expect(b == nil)
        }
    }

    @Test func `a server that cannot be reached is said so, without its password`() async throws {
        let location = try StoreLocation(uri: "postgres://alice:secret@127.0.0.1:1/x")
        #expect("\(location)" == "postgres://alice@127.0.0.1:1/x")
        do {
            _ = try await ServiceStore(at: location)
            Issue.record("there was a server")
        } catch StoreError.unreachable(let reason) {
            #expect(!reason.contains("secret"))
        }
        #expect(throws: StoreError.badLocation("mysql://x")) { try StoreLocation(uri: "mysql://x") }
    }
}
