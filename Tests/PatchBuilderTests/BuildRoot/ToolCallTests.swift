// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import PatchBuilder

@Suite struct `Running tools` {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    func shell(_ command: String) -> ToolCall {
        ToolCall(
            tool: .shell, arguments: ["-c", command], directory: directory.path,
            environment: ToolEnvironment.clean(home: directory.path), log: directory.path + "/log")
    }

    /// Waits until the command has written its process numbers, and gives the one of its child.
    func childNumber() async throws -> pid_t {
        while true {
            if let text: String = try? directory.read("child"),
                let number = pid_t(text.split(separator: "\n").first ?? "")
            {
                return number
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Whether a process is gone, or dead and not yet taken note of by its new parent.
    func isGone(_ number: pid_t) -> Bool {
        guard let status = try? Files.read("/proc/\(number)/stat") else { return true }
        return String(decoding: status, as: UTF8.self).contains(") Z ")
    }

    @Test(.timeLimit(.minutes(10)))
    func `cancelling ends a tool and what it started`() async throws {
        let call = shell("sleep 300 & echo $! >child; wait")
        let task = Task { try await call.run() }
        let child = try await childNumber()
        task.cancel()
        let result = await task.result
        #expect(throws: BuildError.cancelled) { try result.get() }
        while !isGone(child) { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test(.timeLimit(.minutes(10)))
    func `a signal cancels instead of killing`() async throws {
        let call = shell("sleep 300 & echo $! >child; wait")
        let task = Task { try await cancelling(onSignals: [SIGUSR2]) { try await call.run() } }
        let child = try await childNumber()
        kill(getpid(), SIGUSR2)
        let result = await task.result
        #expect(throws: BuildError.cancelled) { try result.get() }
        while !isGone(child) { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func `output is captured, and what is said besides is in the log`() async throws {
        #expect(try await shell("echo out; echo err >&2").capture() == Array("out\n".utf8))
        #expect(try directory.read("log") == "err\n")
    }

    @Test func `only the last lines of a failing tool are quoted`() async throws {
        let error = await #expect(throws: BuildError.self) { try await shell("seq 1 9999; exit 3").run() }
        guard case .toolFailed(_, _, .exited(3), let lines, let log) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(lines == (9980...9999).map(String.init))
        #expect(try Files.read(log).count > 40_000)
    }

    @Test func `a tool that is ended by a signal says by which`() async throws {
        let error = await #expect(throws: BuildError.self) { try await shell("kill -9 $$").run() }
        guard case .toolFailed(_, _, .signalled(9), _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a missing tool is named with its package`() async throws {
        let tool = Tool(name: "no-such-tool", package: "no-such-package")
        var call = shell("")
        call.tool = tool
        let missing = call
        await #expect(throws: BuildError.toolMissing(tool)) { try await missing.run() }
        #expect("\(BuildError.toolMissing(tool))".contains("no-such-package"))
    }
}
