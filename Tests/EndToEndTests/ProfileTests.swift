// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Profiles of `perf` name the functions of a patch and walk through them.
@Suite(.timeLimit(.minutes(10))) struct ProfileTests {
    /// Every frame has a size of its own and no frame pointer; the innermost computes for a fifth of a second.
    private static let original = """
        #include <time.h>
        static volatile unsigned long sink;
        __attribute__((noipa)) void callee(int x) {
          clock_t end = clock() + CLOCKS_PER_SEC / 5;
          while (clock() < end) for (int turn = 0; turn < 1000; turn++) sink += x;
        }
        __attribute__((noipa)) int patched(int x) {
          volatile char room[192]; room[x & 1] = x; callee(x); return room[x & 1] + 1;
        }
        __attribute__((noipa)) int caller(int x) {
          volatile char room[64]; room[x & 1] = 2; return patched(x) + room[x & 1];
        }
        int f(int x) { volatile char room[32]; room[x & 1] = 3; return caller(x) + room[x & 1]; }
        """

    private let project: PatchProject
    private let patch: String

    init() throws {
        project = try PatchProject(
            Self.original, as: .program(flags: "-O2 -fomit-frame-pointer -fasynchronous-unwind-tables", linking: ""))
        patch = try project.patch(Self.original.replacing("room[x & 1] + 1;", with: "room[x & 1] + 1001;"))
    }

    private struct Injection: Decodable {
        struct Patch: Decodable {
            var pid: Int
            var patch: String
            var level: Int
            var target: String
            var codeAddress: String
            var file: String
        }
        var schemaVersion: Int
        var output: String?
        var patches: [Patch]
    }

    /// Records the process while something is done.
    private func record(
        _ target: TargetProcess, to name: String, _ options: [String] = [], _ work: () throws -> Void
    ) throws -> String {
        let file = project.directory.path(name)
        let recording = try TargetProcess(
            program: "/usr/bin/env",
            [
                // perf is told by a signal that its command has ended, and the thread that starts it may block all.
                "--default-signal", "perf", "record", "-q", "-e", "cpu-clock", "-F", "500", "--call-graph",
                "dwarf,4096", "-p", target.pid, "-o", file,
            ] + options + ["--", "sh", "-c", "echo ready; read line"])
        try work()
        try recording.quit()
        return file
    }

    /// The frames of each sample, the innermost first, as `function (file)`.
    private func samples(of profile: String) throws -> [[String]] {
        let script = try Command("perf", ["script", "--no-inline", "-F", "ip,sym,dso", "-i", profile])
        try #require(script.status == 0, "\(script.errors)")
        return script.output.components(separatedBy: "\n\n").map { sample in
            sample.split(separator: "\n").map { line in
                let words = line.split(whereSeparator: \.isWhitespace).dropFirst()
                let file = words.last?.split(separator: "/").last.map { "(" + $0 } ?? ""
                return "\(words.first ?? "") \(file)"
            }
        }
    }

    /// How many samples go from the innermost function to the thread's first through these files.
    private func walks(in profile: String, through file: String) throws -> Int {
        let path = [
            "callee (program)", "patched (\(file))", "caller (program)", "f (program)", "main (program)",
        ]
        return try samples(of: profile).count { frames in
            guard let first = frames.firstIndex(of: path[0]) else { return false }
            return frames[first...].starts(with: path)
        }
    }

    private func injection(
        _ profile: String, to output: String, _ options: [String] = []
    ) throws -> (status: Int32, result: Injection) {
        let tool = try builtProgram("kaketsugi")
        let inject = try Command(
            tool, ["perf-inject", "-i", profile, "-o", project.directory.path(output), "--json"] + options)
        try #require(!inject.output.isEmpty, "\(inject.errors)")
        return (inject.status, try JSONDecoder().decode(Injection.self, from: Data(inject.output.utf8)))
    }

    @Test func `a patch that is applied while perf records, and before, has names and is walked through`() throws {
        let target = try project.start()
        let during = try record(target, to: "during") { () throws in
            #expect(try target.call(7) == 13)
            #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
            #expect(try target.call(7) == 1013)
        }
        let after = try record(target, to: "after") { _ = try target.call(7) }
        for profile in [during, after] {
            // Without it, a walk ends in the first frame of new code.
            #expect(try samples(of: profile).contains { $0.last?.hasPrefix("[unknown]") == true })
            let (status, result) = try injection(profile, to: "patched")
            #expect(status == 0)
            let found = try #require(result.patches.first)
            #expect(result.patches.count == 1 && found.pid == Int(target.pid) && found.target == "program")
            let list = try Tools.host("list", "--json", "--pid", target.pid)
            #expect(list.output.contains("\"codeAddress\" : \"\(found.codeAddress)\""))
            let file = URL(filePath: found.file).lastPathComponent
            let walks = try walks(in: project.directory.path("patched"), through: file)
            let first = try samples(of: project.directory.path("patched")).prefix(3)
            #expect(walks > 0, "\(first)")
        }
        #expect(try walks(in: project.directory.path("during"), through: "program") > 0, "before it was applied")
        try expectRefusalOfStranger(after)
        // A process that has ended tells nothing; the patch's file does.
        try target.quit()
        for profile in [during, after] {
            let (status, nothing) = try injection(profile, to: "nothing")
            #expect(status == 4 && nothing.patches.isEmpty && nothing.output == nil)
            #expect(!project.directory.exists("nothing"))
            let (found, result) = try injection(
                profile, to: "named", ["--patch", patch, "--output-dir", project.directory.path("files")])
            #expect(found == 0)
            let file = try #require(result.patches.first?.file)
            #expect(file.hasPrefix(project.directory.path("files") + "/"))
            #expect(try walks(in: project.directory.path("named"), through: URL(filePath: file).lastPathComponent) > 0)
        }
    }

    /// Who may not look into the process is not told that there is no patch.
    private func expectRefusalOfStranger(_ profile: String) throws {
        // Readable by everybody, as the folders of tests are not.
        let place = "/tmp/kaketsugi-profile-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: place) }
        try FileManager.default.copyItem(atPath: profile, toPath: place)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place)
        let refused = try Command(
            "setpriv",
            [
                "--reuid=65534", "--clear-groups", "--inh-caps=-all", try builtProgram("kaketsugi"), "perf-inject",
                "-i", place, "-o", place + ".out",
            ])
        #expect(refused.status == 3, "\(refused.errors)\(refused.output)")
        #expect(refused.output.contains("1 process may not be looked into"), "\(refused.output)")
    }

    @Test func `what cannot be read is refused, and says why`() throws {
        let target = try project.start()
        let compressed = try record(target, to: "compressed", ["-z"]) { _ = try target.call(1) }
        let good = try record(target, to: "good") { _ = try target.call(1) }
        let bytes: [UInt8] = try project.directory.read("good")
        try project.directory.write(Array(bytes.prefix(bytes.count / 2)), to: "half")
        try project.directory.write(Array("PERFILE2".utf8) + [16] + [UInt8](repeating: 0, count: 7), to: "pipe")
        for (name, reason) in [
            (compressed, "record without -z"), (project.directory.path("half"), "records are said to be"),
            (project.directory.path("pipe"), "written to a pipe"), (patch, "no profile that perf record has written"),
            (project.directory.path("none"), "No such file"),
        ] {
            let refused = try Tools.host("perf-inject", "-i", name, "-o", project.directory.path("out"))
            #expect(refused.status == 3, "\(refused.output)")
            #expect(refused.errors.unwrapped.contains(reason), "\(refused.errors)")
            #expect(!project.directory.exists("out"))
        }
        let nothing = try Tools.host("perf-inject", "-i", good, "-o", project.directory.path("out"))
        #expect(nothing.status == 4)
        #expect(nothing.output.contains("no memory of a live patch"))
        #expect(try Tools.host("perf-inject", "-i", good).status == 64)
    }
}
