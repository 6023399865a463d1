// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivePatch
import PatchCatalogue
import TestSupport
import Testing

@testable import UpdateFramework

/// The commands of a host on real processes, with a repository on a medium: what a service would order, the administrator does.
@Suite(.timeLimit(.minutes(10)), .serialized) struct HostCommandTests {
    /// The library and its levels, made once: the tests come one after the other, and each has a host of its own.
    private struct Levels {
        let project: PatchProject
        let files: [[UInt8]]

        init() throws {
            project = try PatchProject(Self.source(100))
            for level in 1...2 {
                let change = "-\(Self.source(level * 100))+\(Self.source(level * 100 + 100))"
                try project.directory.write(
                    "Subject: fix \(level), CVE-2026-2000\(level)\n--- a/target.c\n+++ b/target.c\n@@ -1 +1 @@\n\(change)",
                    to: "queue/\(level).patch")
            }
            try project.directory.write("1.patch\n2.patch\n", to: "queue/series")
            try project.directory.write("", to: "out/.keep")
            let out = project.directory.path("out")
            let build = try project.author("level", [project.directory.path("queue"), "--output", out])
            guard build.status == 0 else { throw CommandFailure(description: build.errors + build.output) }
            files = try (1...2).map { Array(try Data(contentsOf: URL(filePath: "\(out)/libtarget-\($0).mend"))) }
        }

        /// `f` gives 100 more with each level.
        private static func source(_ number: Int) -> String { "int f(int x) { return x * 3 + \(number); }\n" }
    }

    private static let levels = Result { try Levels() }
    private let levels: Levels
    private let directory: TemporaryDirectory
    private let tree: RepositoryTree
    private let key: SigningKey
    private var project: PatchProject { levels.project }

    init() throws {
        levels = try Self.levels.get()
        directory = try TemporaryDirectory()
        tree = RepositoryTree(path: directory.path("medium"))
        key = try SigningKey(generating: .ed25519)
        let holder = RootCeremony.Holders([key.publicKey], threshold: 1)
        try publish(
            try CeremonyBundle(
                beginning: [.root: holder, .targets: holder, .snapshot: holder, .timestamp: holder],
                revocations: holder, names: [:], at: now))
        try directory.write(
            "[processes]\ntargets = [\"libtarget.so\"]\n[updates]\nsoak = 0\n", to: "host/etc/kaketsugi/kaketsugi.toml")
        try directory.write("ID=debian\nVERSION_ID=\"12\"\n", to: "host/etc/os-release")
    }

    private var now: UpdateTime { UpdateTime(secondsSince1970: Int64(Date().timeIntervalSince1970)) }
    private var server: OnlineRepository { OnlineRepository(tree, signers: [key]) }

    private func publish(_ change: CeremonyBundle) throws {
        var change = change
        _ = try change.sign(with: key)
        _ = try server.publish(change, at: now)
    }

    /// Publishes a level of the library.
    private func publish(level: Int) throws -> [UInt8] {
        let file = levels.files[level - 1]
        var change = try CeremonyBundle(changing: tree)
        _ = try change.add(
            patch: file, to: try PatchShelf(product: "target", distribution: "debian-12"), severity: .high,
            restart: .none, at: now)
        try publish(change)
        return file
    }

    /// Runs the tool with the files of a host of its own.
    private func host(_ arguments: String...) throws -> Command {
        try Command(
            "env",
            ["KAKETSUGI_SYSROOT=\(directory.path("host"))", "LC_ALL=C", try builtProgram("kaketsugi")] + arguments)
    }

    private var update: [String] {
        ["update", "--repository", tree.path, "--root", directory.path("medium/metadata/1.root.json")]
    }

    private func runUpdate() throws -> Command {
        try host("update", "--repository", tree.path, "--root", directory.path("medium/metadata/1.root.json"))
    }

    private func json(_ command: Command) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(command.output.utf8)) as? [String: Any]
        return try #require(object, "\(command.errors)")
    }

    @Test func `from a medium to the process, back, and held`() throws {
        let target = try project.start()
        // Processes of other tests, with files of that name, may have patches of their own.
        #expect(try [0, 1].contains(host("status").status))
        _ = try publish(level: 1)
        #expect(
            try host("check", "--repository", tree.path, "--root", directory.path("medium/metadata/1.root.json")).status
                == 0)
        #expect(try target.call(1) == 103)
        let first = try runUpdate()
        #expect(first.status == 0, "\(first.errors)\(first.output)")
        #expect(try target.call(1) == 203)
        #expect(try host("status").status == 0)
        #expect(try host("check", "--repository", tree.path).status == 1)
        _ = try publish(level: 2)
        #expect(try runUpdate().status == 0 && target.call(1) == 303)
        let info = try json(try host("info", "--json"))
        #expect((info["targets"] as? [[String: Any]])?.contains { $0["level"] as? Int == 2 } == true)
        #expect(try host("info", "--cves").output == "CVE-2026-20001\nCVE-2026-20002\n")
        // Back to the level before, and held there.
        let back = try host("rollback", "libtarget.so", "--reason", "slow")
        #expect(back.status == 0, "\(back.errors)\(back.output)")
        #expect(try target.call(1) == 203)
        #expect(try runUpdate().status == 0 && target.call(1) == 203)
        #expect(try host("release", "libtarget.so").output.contains("nothing is held"))
        #expect(try runUpdate().status == 0 && target.call(1) == 303)
        let history = try json(try host("history", "--json"))
        let events = (history["entries"] as? [[String: Any]])?.compactMap { $0["event"] as? String }
        #expect(events == ["applied", "applied", "applied", "applied"])
        #expect(try host("hold", "nothing-like-it").status == 3)
        #expect(try host("update").status == 3)
    }

    @Test func `what a medium revokes is told, and the administrator takes it out`() throws {
        let target = try project.start()
        let file = try publish(level: 1)
        #expect(try runUpdate().status == 0 && target.call(1) == 203)
        _ = try server.revoke(ArtefactID(of: file), because: LocalizedText(english: "It breaks."), at: now)
        let told = try runUpdate()
        #expect(told.output.contains("the patch was revoked: It breaks."), "\(told.errors)\(told.output)")
        #expect(try target.call(1) == 203)
        #expect(try host("rollback", "libtarget.so").status == 0 && target.call(1) == 103)
        #expect(try host("release").status == 0)
        // Nothing that is revoked comes back.
        #expect(try runUpdate().status == 0 && target.call(1) == 103)
    }

    @Test func `killed at any instant and started again, everything is whole`() throws {
        let target = try project.start()
        _ = try publish(level: 1)
        let tool = try builtProgram("kaketsugi")
        var random = SeededGenerator(seed: SeededGenerator.seed)
        for _ in 0..<8 {
            let process = Process()
            process.executableURL = URL(filePath: tool)
            process.arguments = update
            process.environment = ["KAKETSUGI_SYSROOT": directory.path("host"), "PATH": "/usr/bin:/bin"]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            usleep(UInt32.random(in: 0...250_000, using: &random))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let answer = try target.call(1)
            #expect(answer == 103 || answer == 203)
            let history = try host("history", "--json")
            #expect(history.status == 0, "\(history.errors)")
        }
        let last = try runUpdate()
        #expect(last.status == 0, "\(last.errors)\(last.output)")
        #expect(try target.call(1) == 203)
        let list = try json(try Tools.host("list", "--pid", target.pid, "--json"))
        #expect((list["patches"] as? [Any])?.count == 1)
        let state = try FileManager.default.contentsOfDirectory(atPath: directory.path("host/var/lib/kaketsugi"))
        // A file that was being written when the kill came may be left; never in the place of another.
        #expect(state.contains("state.json"))
    }

    @Test func `on a full disk nothing is done, and nothing is broken`() throws {
        let target = try project.start()
        _ = try publish(level: 1)
        let script = """
            cd '\(directory.path)' && mkdir -p host/var/lib && mount -t tmpfs -o size=64k,mode=0755 tmpfs host/var/lib
            export KAKETSUGI_SYSROOT='\(directory.path("host"))' LC_ALL=C
            tool='\(try builtProgram("kaketsugi"))'
            $tool hold --reason x >/dev/null && $tool release >/dev/null
            head -c 1M /dev/zero >host/var/lib/fill 2>/dev/null
            $tool \(update.map { "'\($0)'" }.joined(separator: " ")); echo "full: $?"
            $tool hold --reason y; echo "hold: $?"
            $tool history --json >/dev/null; echo "history: $?"
            rm host/var/lib/fill
            $tool \(update.map { "'\($0)'" }.joined(separator: " ")); echo "free: $?"
            """
        let command = try Command("unshare", ["--mount", "sh", "-c", script])
        #expect(
            !command.output.contains("full: 0\n") && command.output.contains("history: 0\n"),
            "\(command.output)\(command.errors)")
        #expect(command.output.contains("hold: 3\n") && command.errors.contains("No space left"), "\(command.errors)")
        #expect(command.output.contains("free: 0\n"), "\(command.output)\(command.errors)")
        #expect(try target.call(1) == 203)
    }

    @Test func `the daemon puts an accepted level into what runs and what begins`() throws {
        let first = try project.start()
        _ = try publish(level: 1)
        #expect(try runUpdate().status == 0 && first.call(1) == 203)
        let before = try project.start()
        let daemon = try startDaemon()
        defer { kill(daemon.processIdentifier, SIGKILL) }
        func wait(for target: TargetProcess) throws {
            for _ in 0..<1200 {
                if try target.call(1) == 203 { return }
                usleep(50_000)
            }
            Issue.record("the process was not patched")
        }
        try wait(for: before)
        let after = try project.start()
        try wait(for: after)
        daemon.terminate()
        daemon.waitUntilExit()
        #expect(daemon.terminationStatus == 0)
        #expect(try after.call(1) == 203)
    }

    private func startDaemon() throws -> Process {
        let daemon = Process()
        daemon.executableURL = URL(filePath: try builtProgram("kaketsugi"))
        daemon.arguments = ["daemon"]
        daemon.environment = ["KAKETSUGI_SYSROOT": directory.path("host"), "LC_ALL": "C", "PATH": "/usr/bin:/bin"]
        daemon.standardOutput = FileHandle.nullDevice
        daemon.standardError = FileHandle.nullDevice
        try daemon.run()
        return daemon
    }

    @Test func `a daemon that is killed takes the watch with it`() throws {
        let target = try project.start()
        _ = try publish(level: 1)
        #expect(try runUpdate().status == 0 && target.call(1) == 203)
        let daemon = try startDaemon()
        defer { kill(daemon.processIdentifier, SIGKILL) }
        func wait(until isTrue: () throws -> Bool) throws {
            for _ in 0..<1200 {
                if try isTrue() { return }
                usleep(50_000)
            }
            Issue.record("it did not come")
        }
        var watches: [Int32] = []
        try wait {
            watches = try ProcessTree.children(of: daemon.processIdentifier).filter { process in
                let line = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
                return line.split(separator: "\0").dropFirst().first == "watch"
            }
            return !watches.isEmpty
        }
        kill(daemon.processIdentifier, SIGKILL)
        daemon.waitUntilExit()
        try wait { watches.allSatisfy(ProcessTree.isGone) }
    }

    @Test func `a support bundle has no secret`() throws {
        try directory.write(
            "[service]\nproxy = \"http://u:secret-word@127.0.0.1:1\"\n", to: "host/etc/kaketsugi/kaketsugi.toml")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: directory.path("host/etc/kaketsugi/kaketsugi.toml"))
        let command = try host("doctor", "--output", directory.path("bundle.tar.gz"))
        #expect(command.status == 0, "\(command.errors)")
        #expect(!directory.exists("bundle"))
        let again = try host("doctor", "--output", directory.path("bundle.tar.gz"))
        #expect(again.status == 3 && again.errors.unwrapped.contains("is there already"))
        #expect(try Command("tar", ["-xzf", directory.path("bundle.tar.gz"), "-C", directory.path]).status == 0)
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path("bundle")).sorted()
        #expect(files.contains("status.json") && files.contains("state.json") && files.contains("kaketsugi.toml"))
        for file in files {
            #expect(!(try directory.read("bundle/" + file) as String).contains("secret-word"), "\(file)")
        }
    }
}
