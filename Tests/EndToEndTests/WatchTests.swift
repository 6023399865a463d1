// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `kaketsugi watch`: whoever maps a target is patched.
@Suite(.serialized, .timeLimit(.minutes(10))) struct WatchTests {
    /// A project, and a patch of its library; the program asks for arguments before it reads commands.
    private let project: PatchProject
    private let patch: String

    init() throws {
        project = try PatchProject("int f(int x) { return x * 3 + 100; }", program: Self.addition)
        patch = try project.patch("int f(int x) { return x * 3 + 200; }")
    }

    /// With an argument, the program waits for the patch, at most a minute, and tells by its status whether it came.
    private static let addition = """
        #include <unistd.h>
        __attribute__((constructor)) static void wait_for_patch(int count, char **arguments) {
          if (count < 2) return;
          for (int turn = 0; turn < 60000; turn++) { if (f(0) == 200) _exit(0); usleep(1000); }
          _exit(1);
        }
        """

    /// Reads commands, one a line: `o FILE` loads a library; `c N` calls its f(N); `k` forks, and tells the child, which
    /// waits.
    private static let host = """
        #include <dlfcn.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>
        int main(void) {
          char line[4096], file[4096]; int (*f)(int) = 0; int number; pid_t child;
          setvbuf(stdout, 0, _IOLBF, 0);
          puts("ready");
          while (fgets(line, sizeof line, stdin)) {
            if (sscanf(line, "o %s", file) == 1) {
              void *library = dlopen(file, RTLD_NOW);
              f = library ? (int (*)(int))dlsym(library, "f") : 0;
              puts(f ? "loaded" : "failed");
            } else if (sscanf(line, "c %d", &number) == 1) {
              printf("%d\\n", f ? f(number) : -1);
            } else if (line[0] == 'k') {
              if ((child = fork()) == 0) for (;;) pause();
              printf("%d\\n", (int)child);
            }
          }
          return 0;
        }
        """

    private func makeHost() throws -> TargetProcess {
        try project.directory.write(Self.host, to: "host.c")
        try compile(["-O2", "host.c", "-o", "host", "-ldl"], in: project.directory)
        return try TargetProcess(program: project.directory.path("host"))
    }

    private var library: String { project.directory.path("project/libtarget.so") }

    @Test(arguments: [nil, "mappings", "processes", "scan"])
    func `processes that run, that begin, and that load the target later are patched`(source: String?) throws {
        let before = try project.start()
        let loader = try makeHost()
        let watch = try WatchProcess([patch] + (source.map { ["--source", $0] } ?? []))
        #expect(watch.news.first?.event == "started")
        #expect(watch.news.first?.schemaVersion == 1)
        if let source { #expect(watch.news.first?.source == source) }
        try watch.waitForPatch(in: before.pid)
        #expect(try before.call(1) == 203)
        let after = try project.start()
        let news = try watch.waitForPatch(in: after.pid)
        // The connector's look and the one once a second may come in any order.
        if source != "processes" { #expect((news.latencyMicroseconds == nil) == (source == "scan")) }
        #expect(try after.call(1) == 203)
        #expect(try loader.ask("o \(library)") == "loaded")
        try watch.waitForPatch(in: loader.pid)
        #expect(try loader.ask("c 1") == "203")
        #expect(try watch.end() == 0)
        #expect(watch.news.last?.event == "stopped")
        #expect(watch.news.last?.patched == 3)
        #expect(watch.news.last?.failed == 0)
        for target in [before, after] { #expect(try target.call(2) == 206, "the patch stays") }
    }

    @Test func `of many processes that begin at once none is missed`() throws {
        let watch = try WatchProcess([patch])
        let storm = try Command(
            "sh", ["-c", "seq 200 | xargs -P 40 -n 1 \(project.directory.path("project/program"))"])
        #expect(storm.status == 0, "123 means that one was not patched: \(storm.errors)")
        #expect(try watch.end(by: SIGINT) == 0)
        #expect(Set(watch.news.filter { $0.event == "patched" }.map(\.pid)).count == 200)
        #expect(!watch.news.contains { $0.event == "failed" })
    }

    @Test(arguments: ["events", "processes"])
    func `lost events are answered by a look at all processes`(source: String) throws {
        let watch = try WatchProcess([patch, "--event-pages", "2", "--source", source])
        watch.signal(SIGSTOP)
        let targets = try (0..<60).map { _ in try project.start() }
        watch.signal(SIGCONT)
        try watch.wait { $0.event == "lost" }
        for target in targets {
            try watch.waitForPatch(in: target.pid)
            #expect(try target.call(1) == 203)
        }
        #expect(try watch.end() == 0)
    }

    @Test func `a child has its parent's patch, and is listed`() throws {
        let parent = try makeHost()
        #expect(try parent.ask("o \(library)") == "loaded")
        let child = try #require(try parent.ask("k"))
        let watch = try WatchProcess([patch])
        try watch.waitForPatch(in: parent.pid)
        try watch.waitForPatch(in: child)
        let heir = try #require(try parent.ask("k"))
        let list = try Tools.host("list")
        for pid in [parent.pid, child, heir] {
            #expect(list.output.split(separator: "\n").contains { $0.hasPrefix("\(pid) ") }, "\(list.output)")
        }
        #expect(try watch.end() == 0)
        #expect(!watch.news.contains { $0.pid.map(String.init) == heir }, "it has inherited the patch")
        for pid in [child, heir] { kill(try #require(Int32(pid)), SIGKILL) }
    }

    @Test func `a process in a root and a namespace of its own is patched`() throws {
        let watch = try WatchProcess([patch])
        let target = try project.startInOwnRoot()
        try watch.waitForPatch(in: target.pid)
        #expect(try target.call(1) == 203)
        let contained = try TargetProcess(
            program: "/usr/bin/unshare", ["--pid", "--mount-proc", "--fork", project.directory.path("project/program")])
        try watch.wait { $0.event == "patched" && $0.pid.map(String.init) != target.pid }
        #expect(try contained.call(1) == 203)
        try contained.quit()
        #expect(try watch.end() == 0)
    }

    @Test func `the highest of several levels is applied, and a lower one is replaced`() throws {
        let project = try PatchProject(LevelTests.original)
        let out = project.directory.path("out")
        let build = try project.author("level", [try LevelTests.writeQueue(to: project.directory), "--output", out])
        try #require(build.status == 0, "\(build.errors)\(build.output)")
        let target = try project.start()
        #expect(try Tools.host("apply", "\(out)/libtarget-1.mend", "--pid", target.pid).status == 0)
        #expect(try target.call(20) == 130)
        let watch = try WatchProcess(["--directory", out])
        #expect(try watch.waitForPatch(in: target.pid).level == 3)
        #expect(try target.call(20) == 115)
        #expect(try watch.end() == 0)
    }

    @Test func `what is excluded is left alone, and so is who runs this program`() throws {
        let excluded = try project.start()
        let preload = ["LD_PRELOAD": library]
        let watch = try WatchProcess([patch, "--exclude", "*/project/program"], environment: preload)
        let other = try makeHost()
        #expect(try other.ask("o \(library)") == "loaded")
        try watch.waitForPatch(in: other.pid)
        #expect(try excluded.call(1) == 103)
        #expect(try !project.start().text().isEmpty)
        let apply = try Command(
            "env", ["LD_PRELOAD=\(library)", try builtProgram("kaketsugi"), "apply", patch, "--all", "--json"])
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        #expect(try excluded.call(1) == 203)
        #expect(!apply.output.contains("\"pid\" : \(watch.pid),"), "\(apply.output)")
        #expect(try Tools.host("list", "--pid", watch.pid).output.contains("no process is patched"))
        #expect(try watch.end() == 0)
        let unexpected = watch.news.filter { $0.pid != nil && $0.pid != Int(other.pid) }
        #expect(unexpected.isEmpty, "\(unexpected)")
    }

    @Test func `the first process is left alone by --all`() throws {
        let first = try TargetProcess(
            program: "/usr/bin/unshare", ["--pid", "--mount-proc", "--fork", project.directory.path("project/program")])
        let children = try String(
            contentsOf: URL(filePath: "/proc/\(first.pid)/task/\(first.pid)/children"), encoding: .utf8)
        let inside = try #require(children.split(separator: " ").first.map(String.init))
        let enter = ["-t", inside, "-p", "-m", try builtProgram("kaketsugi")]
        let all = try Command("nsenter", enter + ["apply", patch, "--all"])
        #expect(all.status == 4, "\(all.errors)\(all.output)")
        #expect(all.output.contains("is the first process"))
        #expect(try first.call(1) == 103)
        let named = try Command("nsenter", enter + ["apply", patch, "--pid", "1"])
        #expect(named.status == 0, "\(named.errors)\(named.output)")
        #expect(try first.call(1) == 203)
        try first.quit()
    }

    @Test func `bad input is refused`() throws {
        let directory = project.directory
        let nothing = try Tools.host("watch")
        #expect(nothing.status == 64)
        #expect(try Tools.host("watch", patch, "--source", "smell").status == 64)
        #expect(try Tools.host("watch", patch, "--event-pages", "3").status == 64)
        try directory.write("", to: "empty/.keep")
        let empty = try Tools.host("watch", "--directory", directory.path("empty"))
        #expect(empty.status == 3)
        #expect(empty.errors.unwrapped.contains("there is no live patch (*.mend)"), "\(empty.errors)")
        try directory.write("nonsense", to: "empty/bad.mend")
        let bad = try Tools.host("watch", "--directory", directory.path("empty"))
        #expect(bad.status == 3)
        #expect(bad.errors.unwrapped.contains("not a live patch"), "\(bad.errors)")
        let missing = try Tools.host("watch", "--directory", directory.path("missing"))
        #expect(missing.status == 3)
        #expect(missing.errors.unwrapped.contains("No such file"), "\(missing.errors)")
    }

    @Test func `without the right to see events it is refused, and says what it needs`() throws {
        let tool = try builtProgram("kaketsugi")
        // Readable by everybody, as the folders of tests are not.
        let place = "/tmp/kaketsugi-watch-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: place) }
        try FileManager.default.copyItem(atPath: patch, toPath: place)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place)
        let refused = try Command(
            "setpriv", ["--reuid=65534", "--clear-groups", "--inh-caps=-all", tool, "watch", place])
        #expect(refused.status == 3, "\(refused.errors)\(refused.output)")
        #expect(refused.errors.contains("CAP_PERFMON"), "\(refused.errors)")
    }
}
