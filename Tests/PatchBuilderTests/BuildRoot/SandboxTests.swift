// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import PatchBuilder

/// What a build can do to the machine: nothing.
///
/// These tests need namespaces, and fail where there are none.
@Suite(.timeLimit(.minutes(10))) struct `Running builds apart from the machine` {
    let directory: TemporaryDirectory

    init() throws {
        // A build sees the machine, but not what is in /tmp; and another user may go there.
        directory = try TemporaryDirectory(in: URL(filePath: "/tmp"))
        try directory.write("outside\n", to: "outside")
        try directory.write("inside\n", to: "root/inside")
    }

    var sandbox: Sandbox { Sandbox(writable: [directory.path("root")]) }

    func call(_ command: String, in sandbox: Sandbox?) -> ToolCall {
        ToolCall(
            tool: Tool(name: "bash", package: "bash"), arguments: ["-c", command], directory: directory.path("root"),
            environment: ToolEnvironment.clean(home: directory.path), log: directory.path("log"), sandbox: sandbox)
    }

    /// What a command says, run inside; and it must succeed.
    func inside(_ command: String) async throws -> String {
        String(decoding: try await call(command, in: sandbox).capture(), as: UTF8.self)
    }

    /// A command that succeeds outside must fail inside, with these words.
    func expectFailure(_ command: String, saying words: String) async throws {
        try await call(command, in: nil).run()
        let error = await #expect(throws: BuildError.self) { try await call(command, in: sandbox).run() }
        guard case .toolFailed(_, _, .exited, let lines, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(lines.joined().contains(words), "\(lines)")
    }

    @Test func `the root can be written to, and what is written stays`() async throws {
        #expect(try await inside("cat inside; echo new >made; pwd") == "inside\n\(directory.path("root"))\n")
        #expect(try directory.read("root/made") == "new\n")
    }

    @Test func `nothing else can be written to`() async throws {
        try await expectFailure(
            "set -e; f=$(getent passwd $UID | cut -d: -f6)/.kaketsugi-test-$$; >$f; rm $f", saying: "Read-only")
        for folder in ["/etc", "/usr", "/sys", "/boot"] {
            #expect(try await inside("touch \(folder)/x 2>/dev/null || echo refused") == "refused\n")
        }
    }

    @Test func `a folder beside the root is not even seen in the temporary folder`() async throws {
        try await expectFailure("cat \(directory.path("outside"))", saying: "No such file")
        _ = try await inside("echo more >>\(directory.path("outside"))")
        #expect(try directory.read("outside") == "outside\n")
        #expect(try await inside("touch /tmp/left && ls /tmp /var/tmp /run | grep -v kaketsugi-test").contains("left"))
        #expect(!FileManager.default.fileExists(atPath: "/tmp/left"))
    }

    @Test func `a folder that may be read cannot be written to`() async throws {
        var sandbox = sandbox
        sandbox.readable = [directory.path]
        let text = try await call("cat ../outside; >../outside || true; >written", in: sandbox).capture()
        #expect(String(decoding: text, as: UTF8.self) == "outside\n")
        #expect(try directory.read("outside") == "outside\n")
        #expect(directory.exists("root/written"))
    }

    @Test func `there is no network, not even the machine's own`() async throws {
        let server = Process()
        server.executableURL = URL(filePath: "/usr/bin/perl")
        server.arguments = [
            "-MIO::Socket::INET", "-e",
            "$|=1; $s = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') or die; "
                + "print $s->sockport, \"\\n\"; while (1) { $s->accept }",
        ]
        let output = Pipe()
        server.standardOutput = output
        try server.run()
        defer {
            // Children inherit the signal mask of the thread that starts them, which may block the gentler signals.
            kill(server.processIdentifier, SIGKILL)
            server.waitUntilExit()
        }
        let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).filter(\.isNumber)
        try await expectFailure("exec 3<>/dev/tcp/127.0.0.1/\(port)", saying: "refused")
        #expect(try await inside("exec 3<>/dev/tcp/192.0.2.1/80 || true; cat /proc/net/route | wc -l") == "1\n")
    }

    @Test func `sockets of daemons are not reachable`() async throws {
        #expect(try await inside("find /run /tmp /var/tmp -type s | wc -l") == "0\n")
    }

    @Test func `no other process is seen, let alone signalled`() async throws {
        let own = ProcessInfo.processInfo.processIdentifier
        try await expectFailure("test -d /proc/\(own) || { echo unseen >&2; exit 1; }", saying: "unseen")
        try await expectFailure("kill -0 \(own)", saying: "No such process")
        let seen = try await inside("ls /proc | grep -c '^[0-9]'")
        #expect(Int(seen.dropLast()).map { $0 < 10 } == true, "\(seen)")
    }

    @Test func `the build has no capability and is not root`() async throws {
        let text = try await inside("id -u; grep -E '^Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs' /proc/self/status")
        #expect(text.split(separator: "\n").first == "1000")
        #expect(text.components(separatedBy: "0000000000000000").count == 5, "\(text)")
        #expect(text.contains("NoNewPrivs:\t1"))
    }

    @Test func `devices of the machine are not there`() async throws {
        #expect(
            try await inside("find /dev -type b | wc -l; test -e /dev/kmsg -o -e /dev/mem || echo none") == "0\nnone\n")
    }

    @Test func `it works for an ordinary user as for root`() async throws {
        let words = try sandbox.arguments(
            running: "sh", ["-c", "echo new >made && ! touch /etc/x"], in: directory.path("root"))
        var user = ["bwrap"]
        if getuid() == 0 {
            user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "bwrap"]
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: directory.path("root"))
        }
        let command = try Command("env", user + words)
        #expect(command.status == 0, "\(command.errors)")
        #expect(try directory.read("root/made") == "new\n")
    }

    /// Whether a process with this mark in its arguments runs on the machine.
    func isRunning(_ mark: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { name in
            guard name.allSatisfy(\.isNumber), let words = try? Files.read("/proc/\(name)/cmdline") else {
                return false
            }
            return String(decoding: words, as: UTF8.self).contains(mark)
        }
    }

    @Test func `cancelling ends what runs inside, however it hides`() async throws {
        let mark = "299.\(UInt32.random(in: 1...UInt32.max))"
        let call = call("setsid nohup sleep \(mark) >/dev/null 2>&1 & trap '' TERM INT HUP; >ready; wait", in: sandbox)
        let task = Task { try await call.run() }
        while try !(directory.exists("root/ready") && isRunning("sleep\0\(mark)")) {
            try await Task.sleep(for: .milliseconds(5))
        }
        task.cancel()
        let result = await task.result
        #expect(throws: BuildError.cancelled) { try result.get() }
        while try isRunning("sleep\0\(mark)") { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func `a tool that a signal ends says by which`() async throws {
        let error = await #expect(throws: BuildError.self) { try await call("kill -9 $$", in: sandbox).run() }
        guard case .toolFailed(_, _, .signalled(9), _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a missing tool is named with its package`() async throws {
        var call = call("", in: sandbox)
        call.tool = Tool(name: "no-such-tool", package: "no-such-package")
        let missing = call
        await #expect(throws: BuildError.toolMissing(missing.tool)) { try await missing.run() }
    }

    @Test func `what bubblewrap cannot do is told apart from what a build cannot do`() {
        let refused = SandboxObstacle.explain(["x", "bwrap: No permissions to create a new namespace"], tool: .shell)
        guard case .sandboxUnavailable("No permissions to create a new namespace", _) = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(
            SandboxObstacle.explain(["bwrap: Can't find source path /a/b: No such file or directory"], tool: .shell)
                == .fileSystem(.read, path: "/a/b", reason: "No such file or directory"))
        #expect(SandboxObstacle.explain(["bwrap: x", "sh: error"], tool: .shell) == nil)
        #expect(SandboxObstacle.explain([], tool: .shell) == nil)
    }

    @Test func `a link that leads out of the tree is not followed when the fix is written`() async throws {
        let root = BuildRoot(path: directory.path("root"))
        try Files.createDirectory(root.tree)
        try directory.write("old", to: "elsewhere/a.c")
        try FileManager.default.createSymbolicLink(
            atPath: root.tree + "/src", withDestinationPath: directory.path("elsewhere"))
        await #expect(throws: BuildError.self) {
            try await root.withFixedFiles([TouchedFile(path: "src/a.c", fixedText: Array("new".utf8))]) {
                () async throws(BuildError) in
            }
        }
        #expect(try directory.read("elsewhere/a.c") == "old")
    }
}
