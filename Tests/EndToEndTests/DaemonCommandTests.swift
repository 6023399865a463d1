// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The daemon as a program, on a host that is not registered: what wakes it, and what wrong settings do to it.
@Suite(.timeLimit(.minutes(5))) struct DaemonCommandTests {
    private let directory: TemporaryDirectory
    private let daemon = Process()

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("ID=debian\nVERSION_ID=\"12\"\n", to: "etc/os-release")
        try directory.write("", to: "said")
        daemon.executableURL = URL(filePath: try builtProgram("kaketsugi"))
        daemon.arguments = ["daemon"]
        daemon.environment = ["KAKETSUGI_SYSROOT": directory.path, "LC_ALL": "C", "PATH": "/usr/bin:/bin"]
        let said = try FileHandle(forWritingTo: URL(filePath: directory.path("said")))
        daemon.standardOutput = said
        daemon.standardError = said
    }

    private func set(_ settings: String) throws { try directory.write(settings, to: "etc/kaketsugi/kaketsugi.toml") }

    private var said: String { (try? directory.read("said")) ?? "" }

    /// What it has said, without its line breaks: where they are depends on the length of the folder's path.
    private var unbroken: String { said.filter { !$0.isWhitespace } }

    /// How often it has said that it sleeps now.
    private var sleeps: Int { said.components(separatedBy: "next check-in in").count - 1 }

    private func wait(until isTrue: () -> Bool) {
        for _ in 0..<1200 {
            if isTrue() { return }
            usleep(50_000)
        }
        Issue.record("it did not come: \(said)")
    }

    /// Ends the daemon in order.
    private func end() {
        daemon.terminate()
        daemon.waitUntilExit()
        #expect(daemon.terminationStatus == 0 && daemon.terminationReason == .exit, "\(said)")
        #expect(said.contains("ended; the patches stay"))
    }

    /// How often its threads have gone to sleep so far.
    private var switches: [Int] {
        get throws {
            let tasks = "/proc/\(daemon.processIdentifier)/task"
            return try FileManager.default.contentsOfDirectory(atPath: tasks).map { task in
                let status = try String(contentsOfFile: "\(tasks)/\(task)/status", encoding: .utf8)
                let line = status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
                return try #require(line?.split(separator: "\t").last.flatMap { Int($0) })
            }
        }
    }

    @Test func `with nothing to do, it is one thread that does not wake up`() throws {
        try daemon.run()
        defer { kill(daemon.processIdentifier, SIGKILL) }
        wait { sleeps == 1 }
        // What it has begun ends some time; it asks again every 15 seconds or more seldom, so that there is an interval in
        // which it is left alone.
        var counts: [Int] = []
        for _ in 0..<15 {
            let before = try switches.reduce(0, +)
            sleep(4)
            counts.append(try switches.reduce(0, +) - before)
            if let last = counts.last, last <= 1 { break }
        }
        #expect(counts.last.map { $0 <= 1 } == true, "it woke up: \(counts)")
        #expect(try switches.count == 1)
        end()
    }

    @Test func `wrong settings end it at its start`() throws {
        try set("[updates]\nautomatic = 3\n")
        try daemon.run()
        daemon.waitUntilExit()
        #expect(daemon.terminationStatus == 3)
        #expect(unbroken.contains("kaketsugi.toml") && !unbroken.contains("started"), "\(said)")
    }

    /// A service that says nothing: it takes connections, tells of them, and leaves it at that.
    private static let silentService = """
        import socket, time
        server = socket.create_server(("127.0.0.1", 0))
        print(server.getsockname()[1], flush=True)
        connection = server.accept()
        print("connected", flush=True)
        time.sleep(1000)
        """

    @Test func `killed, it takes a child with it that waits for the service`() throws {
        let service = Process()
        let output = Pipe()
        service.executableURL = URL(filePath: "/usr/bin/env")
        service.arguments = ["python3", "-c", Self.silentService]
        service.standardOutput = output
        try service.run()
        defer { kill(service.processIdentifier, SIGKILL) }
        let port = try #require(output.fileHandleForReading.nextLine())
        try directory.write(
            """
            {"schemaVersion": 1, "counter": 0, "lastEvent": 0, "events": [], "holds": [], "accepted": [], "previous": [],
            "failures": 0, "suspects": [], "revocations": 0, "known": [], "history": [], "registration": {"server":
            "http://127.0.0.1:\(port)", "hardware": "server", "origin": "installer", "tags": [], "since":
            "2026-01-01T00:00:00Z"}}
            """, to: "var/lib/kaketsugi/state.json")
        try directory.write(String(repeating: "ab", count: 32) + "\n", to: "var/lib/kaketsugi/host.key")
        try daemon.run()
        defer { kill(daemon.processIdentifier, SIGKILL) }
        #expect(output.fileHandleForReading.nextLine() == "connected")
        let children = try ProcessTree.children(of: daemon.processIdentifier)
        #expect(children.count == 1, "\(said)")
        kill(daemon.processIdentifier, SIGKILL)
        daemon.waitUntilExit()
        // By itself it would wait for half a minute.
        let begin = ContinuousClock.now
        wait { children.allSatisfy(ProcessTree.isGone) }
        #expect(ContinuousClock.now - begin < .seconds(20))
    }

    @Test func `settings that become wrong are told, and tried again`() throws {
        try daemon.run()
        defer { kill(daemon.processIdentifier, SIGKILL) }
        wait { sleeps == 1 }
        try set("[updates]\nautomatic = 3\n")
        kill(daemon.processIdentifier, SIGHUP)
        wait { sleeps == 2 }
        #expect(unbroken.contains("kaketsugi.toml") && unbroken.contains("'check-in'failed"), "\(said)")
        try set("[updates]\nautomatic = false\n")
        kill(daemon.processIdentifier, SIGHUP)
        wait { sleeps == 3 }
        #expect(unbroken.components(separatedBy: "'check-in'failed").count == 2, "\(said)")
        end()
    }
}
