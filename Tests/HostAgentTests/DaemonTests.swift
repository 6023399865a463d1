// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import TestSupport
import Testing

@testable import HostAgent

/// What the daemon does when: its children are a script.
@Suite(.timeLimit(.minutes(3))) struct DaemonTests {
    @Test func `it starts, looks, asks, looks again, and ends in order`() async throws {
        let daemon = try DaemonThread()
        try daemon.answer(Standing(files: ["/a.mend", "/b.mend"], exclusions: ["sshd"]))
        let end = try await daemon.run {
            try await daemon.wait {
                // The watch is a child beside the others.
                daemon.begun.contains("watch --with-starter --exclude sshd /a.mend /b.mend")
                    && daemon.begun.filter { !$0.hasPrefix("watch") } == ["start", "look", "check-in", "look"]
            }
            try await daemon.wait { daemon.news.count == 2 }
        }
        #expect(end == .asked && daemon.begun.last == "end")
        #expect(daemon.news.first == .started(levels: 2) && daemon.news.last == .ended && daemon.news.count == 3)
        guard case .sleeps(let seconds) = daemon.news[1] else {
            Issue.record("\(daemon.news)")
            return
        }
        #expect((3240...3960).contains(seconds))
    }

    @Test func `a first child that refuses ends it with the same status`() async throws {
        let daemon = try DaemonThread()
        try daemon.directory.write("exit 3\n", to: "start.sh")
        let end = try await daemon.run { try await daemon.wait { daemon.begun == ["start"] } }
        #expect(end == .refused(status: 3) && daemon.news.isEmpty)
    }

    @Test func `a first child that traps does not end it`() async throws {
        let daemon = try DaemonThread()
        try daemon.directory.write("kill -ILL $$\n", to: "start.sh")
        let end = try await daemon.run { try await daemon.wait { daemon.begun.contains("check-in") } }
        #expect(end == .asked && daemon.news.first == .failed(.start, reason: "was ended by SIGILL"))
    }

    @Test(arguments: ["kill -SEGV $$\n", "exit 1\n", "echo '{\"schemaVersion\":1}' >&3\nexit 0\n", "exit 0\n"])
    func `a check-in that goes wrong is told, and tried again soon`(script: String) async throws {
        let daemon = try DaemonThread()
        try daemon.directory.write(script, to: "check-in.sh")
        try daemon.directory.remove("check-in.json")
        let end = try await daemon.run {
            try await daemon.wait { if case .sleeps? = daemon.news.last { true } else { false } }
            guard case .sleeps(let seconds)? = daemon.news.last else { return }
            #expect((15...31).contains(seconds), "as after the first failure")
            // The next one is asked for, and fails as well: it waits longer.
            daemon.send(SIGHUP)
            try await daemon.wait { daemon.news.count { if case .sleeps = $0 { true } else { false } } == 2 }
            guard case .sleeps(let second)? = daemon.news.last else { return }
            #expect((30...61).contains(second))
        }
        #expect(end == .asked)
        #expect(daemon.news.contains { if case .failed(.checkIn, _) = $0 { true } else { false } })
    }

    @Test func `what it is asked for during a check-in comes after it`() async throws {
        let daemon = try DaemonThread()
        try daemon.directory.write("while [ ! -f go ]; do sleep 0.05; done\n", to: "check-in.sh")
        _ = try await daemon.run {
            try await daemon.wait { daemon.begun.last == "check-in" }
            daemon.send(SIGHUP)
            try await Task.sleep(for: .milliseconds(200))
            try daemon.directory.write("", to: "go")
            try await daemon.wait { daemon.begun.count { $0 == "check-in" } == 2 }
        }
        #expect(daemon.begun.count { $0 == "check-in" } == 2)
    }

    @Test func `the end waits for a child that finishes what it has begun`() async throws {
        let daemon = try DaemonThread()
        try daemon.directory.write(
            "trap '' TERM\nprintf '\\n' >&3\necho >changing\nwhile [ ! -f go ]; do sleep 0.05; done\necho >changed\n",
            to: "check-in.sh")
        let end = try await daemon.run {
            try await daemon.wait { daemon.directory.exists("changing") }
            daemon.send(SIGTERM)
            try await Task.sleep(for: .milliseconds(300))
            #expect(!daemon.news.contains(.ended) && !daemon.begun.contains("end"))
            try daemon.directory.write("", to: "go")
            try await daemon.wait { daemon.news.last == .ended }
        }
        #expect(end == .asked && daemon.directory.exists("changed") && daemon.begun.last == "end")
    }

    /// Short for who hangs, and long for who works.
    private static let short: Daemon.Patience = {
        var patience = Daemon.Patience()
        patience.step = .seconds(2)
        patience.change = .seconds(100)
        patience.farewell = .seconds(1)
        return patience
    }()

    @Test(arguments: [
        ("exec sleep 1000\n", "took too long, and was ended by signal 15"),
        // It does not listen; then what it has started keeps its descriptor.
        ("trap '' TERM\nwhile :; do sleep 0.05; done\n", "took too long, and was killed"),
        ("trap '' TERM\nsleep 20 >/dev/null 2>&1\n", "took too long, and was killed"),
        ("trap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n", "took too long, and ended with status 0"),
        // What it says is of its work; then there is no more.
        ("printf ' ' >&3\nexec sleep 1000\n", "took too long, and was ended by signal 15"),
    ])
    func `a round that hangs is ended, and the daemon goes on`(script: String, reason: String) async throws {
        let daemon = try DaemonThread()
        try daemon.directory.write(script, to: "check-in.sh")
        let end = try await daemon.run(patience: Self.short) {
            try await daemon.wait { if case .sleeps? = daemon.news.last { true } else { false } }
            // After it, it is looked as after every check-in, and the next one is as good as any.
            try await daemon.wait { daemon.begun.last == "look" }
            try daemon.directory.write("", to: "check-in.sh")
            daemon.send(SIGHUP)
            try await daemon.wait { daemon.news.count { if case .sleeps = $0 { true } else { false } } == 2 }
        }
        #expect(end == .asked)
        #expect(
            daemon.news.filter { if case .failed = $0 { true } else { false } } == [.failed(.checkIn, reason: reason)])
    }

    @Test func `a round that changes processes has its time, and so has one that goes on`() async throws {
        let daemon = try DaemonThread()
        try daemon.directory.write(
            "for i in 1 2 3 4 5 6; do sleep 0.5; printf ' ' >&3; done\nprintf '\\n' >&3\nsleep 3\n", to: "check-in.sh")
        _ = try await daemon.run(patience: Self.short) {
            try await daemon.wait { if case .sleeps? = daemon.news.last { true } else { false } }
        }
        #expect(!daemon.news.contains { if case .failed = $0 { true } else { false } }, "\(daemon.news)")
    }

    @Test func `the end does not wait for a round that changes nothing and does not listen`() async throws {
        let daemon = try DaemonThread()
        try daemon.directory.write("trap '' TERM\necho >deaf\nwhile :; do sleep 0.05; done\n", to: "check-in.sh")
        var patience = Daemon.Patience()
        patience.farewell = .seconds(1)
        let end = try await daemon.run(patience: patience) { try await daemon.wait { daemon.directory.exists("deaf") } }
        #expect(end == .asked && daemon.begun.last == "end")
        #expect(daemon.news.suffix(2) == [.failed(.checkIn, reason: "took too long, and was killed"), .ended])
    }

    @Test func `what a command changes is looked at, and a soak that is over`() async throws {
        let daemon = try DaemonThread()
        _ = try await daemon.run {
            try await daemon.wait { daemon.news.count == 2 }
            try await daemon.wait { daemon.begun.count { $0 == "look" } == 2 }
            try daemon.answer(Standing(files: ["/c.mend"], soak: 1))
            let places = Places(prefix: daemon.directory.path)
            try StateStore(places).change { (state) throws(AgentError) in state.counter += 1 }
            // Once for the change, and again a second later.
            try await daemon.wait { daemon.begun.contains("watch --with-starter /c.mend") }
            try await daemon.wait { daemon.begun.count { $0 == "look" } >= 4 }
        }
        #expect(daemon.begun.count { $0 == "check-in" } == 1)
    }

    @Test func `a watch that ends is told, and another is not started at once`() async throws {
        let daemon = try DaemonThread()
        try daemon.answer(Standing(files: ["/a.mend"]))
        _ = try await daemon.run {
            try await daemon.wait { daemon.news.count == 2 }
            try await daemon.wait { Self.killWatch(of: daemon.directory.path) }
            try await daemon.wait { daemon.news.last == .watchEnded }
        }
        #expect(daemon.begun.count { $0.hasPrefix("watch") } == 1)
    }

    /// Kills the child that watches for the daemon of a folder, once it is there.
    private static func killWatch(of folder: String) -> Bool {
        let numbers = try? Command(
            "pgrep", ["-f", "^sleep 1000$", "-P", "\(ProcessInfo.processInfo.processIdentifier)"]
        ).output.split(separator: "\n").compactMap { Int32($0) }
        let watch = numbers?.first {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")) == folder
        }
        guard let watch else { return false }
        return kill(watch, SIGKILL) == 0
    }

    @Test func `answers are read as they are written, and nothing else is`() throws {
        let standing = Standing(files: ["/a b"], exclusions: ["*"], soak: 7)
        #expect(try Standing(parsing: standing.encoded) == standing)
        let result = CheckInResult(isFailure: true, nextCheckIn: 60, retryAfter: nil)
        #expect(try CheckInResult(parsing: result.encoded) == result)
        #expect(throws: (any Error).self) { try CheckInResult(parsing: standing.encoded) }
        #expect(throws: (any Error).self) { try Standing(parsing: []) }
        #expect(throws: (any Error).self) {
            try CheckInResult(parsing: Array("{\"schemaVersion\":2,\"isFailure\":true}".utf8))
        }
    }
}
