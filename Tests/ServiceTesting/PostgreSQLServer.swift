// SPDX-License-Identifier: Apache-2.0

internal import Foundation
package import ServiceStore
internal import TestSupport

/// A PostgreSQL of a test's own, in a temporary folder, reached by a socket in it; gone with the process of the tests.
package final class PostgreSQLServer: @unchecked Sendable {
    // Unchecked: `guardian` is changed by `start` and `stop` only, which one test at a time calls on its own server.
    private let folder: URL
    private var guardian: Process?
    private var leash: Pipe?
    private let settings: [String]
    private let hasDisk: Bool

    /// The server that most tests share, which need not survive the machine, only processes.
    package static let shared = Result { try PostgreSQLServer(settings: ["fsync=off"]) }

    private static let programs = "/usr/lib/postgresql/15/bin/"
    /// PostgreSQL runs for nobody who is root.
    private static let unprivileged =
        getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []

    /// Makes and starts a server.
    ///
    /// - Parameters:
    ///   - settings: its settings, each as `name=value`.
    ///   - megabytes: the size of a disk of its own, which only root can make; nil for the machine's.
    /// - Throws: what its programs refuse.
    package init(settings: [String] = [], megabytes: Int? = nil) throws {
        self.settings = settings
        hasDisk = megabytes != nil
        // Not the folder of other tests: other users cannot enter that, and the name of a socket must be short.
        folder = URL(filePath: "/tmp/ktg-pg-\(UInt32.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        if let megabytes { try Self.run(["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.path]) }
        if getuid() == 0 { try Self.run(["chown", "postgres:postgres", folder.path]) }
        try Self.run(
            Self.unprivileged + [
                Self.programs + "initdb", "--pgdata", folder.appending(path: "data").path, "--username", "kaketsugi",
                "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--wal-segsize", "1",
            ])
        try start()
    }

    deinit {
        stop()
        if hasDisk { try? Self.run(["umount", "--lazy", folder.path]) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// A database of the server, as a location.
    package func location(_ database: String) -> StoreLocation {
        .postgreSQL("postgres://kaketsugi@/\(database)?host=\(folder.path)&port=5432")
    }

    /// Makes an empty database.
    package func makeDatabase() throws -> StoreLocation {
        let name = "t\(UInt64.random(in: 0 ... .max))"
        try Self.run([Self.programs + "createdb", "--host", folder.path, "--username", "kaketsugi", name])
        return location(name)
    }

    /// Starts it, and waits until it answers.
    package func start() throws {
        let options = (settings + ["listen_addresses=", "max_connections=60"]).map { "-c '\($0)'" }
        // The guardian ends the server when the tests end, however they do: then nobody holds the other end of its input.
        let script = """
            \(Self.unprivileged.joined(separator: " ")) \(Self.programs)postgres -D '\(folder.path)/data' \
            -k '\(folder.path)' \(options.joined(separator: " ")) >>'\(folder.path)/log' 2>&1 </dev/null &
            read -r order
            kill -s "${order:-QUIT}" $!
            wait 2>/dev/null
            [ -n "$order" ] || { \(hasDisk ? "umount --lazy '\(folder.path)';" : "") rm -rf '\(folder.path)'; }
            """
        let leash = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script]
        process.standardInput = leash
        process.currentDirectoryURL = URL(filePath: "/")
        try process.run()
        (guardian, self.leash) = (process, leash)
        let end = Date(timeIntervalSinceNow: 60)
        while true {
            let ready = try Command(Self.programs + "pg_isready", ["--host", folder.path, "--quiet"])
            if ready.status == 0 { return }
            guard Date() < end else { throw CommandFailure(description: "PostgreSQL did not start") }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    /// Ends it at once, as a loss of power does, or by another signal.
    package func stop(_ signal: String = "QUIT") {
        guard let guardian, let leash else { return }
        try? leash.fileHandleForWriting.write(contentsOf: Data("\(signal)\n".utf8))
        guardian.waitUntilExit()
        (self.guardian, self.leash) = (nil, nil)
    }

    /// Takes all the room that is left on its disk.
    package func fillDisk() throws {
        let filled = try Command("sh", ["-c", "cat /dev/zero >'\(filler)'"])
        guard filled.errors.contains("No space left") else { throw CommandFailure(description: filled.errors) }
    }

    /// Gives that room back.
    package func makeRoom() throws { try FileManager.default.removeItem(atPath: filler) }

    private var filler: String { folder.appending(path: "filler").path }

    private static func run(_ words: [String]) throws {
        let command = try Command(words[0], Array(words.dropFirst()), in: URL(filePath: "/"))
        guard command.status == 0 else {
            throw CommandFailure(description: "\(words.joined(separator: " ")): \(command.errors)")
        }
    }
}
