// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import Testing

/// Programs that are started, and how they end.
@Suite(.timeLimit(.minutes(1))) struct ChildProcessTests {
    private func run(_ script: String, patience: Duration = .seconds(50)) throws -> ChildProcess.End {
        try ChildProcess.run("/bin/sh", ["-c", script], patience: patience)
    }

    @Test func `output, errors and status are those of the program`() throws {
        let end = try run("echo out; echo error >&2; exit 7")
        #expect(end.cause == .exit(7))
        #expect(String(decoding: end.output, as: UTF8.self) == "out\n")
        #expect(String(decoding: end.errors, as: UTF8.self) == "error\n")
    }

    @Test func `much output holds nobody up`() throws {
        let end = try run("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2")
        #expect(end.cause == .exit(0) && end.output.count == 3_000_000 && end.errors.count == 3_000_000)
        #expect(throws: SystemError.self) {
            try ChildProcess.run("/bin/sh", ["-c", "echo 12345"], patience: .seconds(50), limit: 3)
        }
    }

    @Test func `a signal, and too long a time, are told`() throws {
        #expect(try run("kill -9 $$").cause == .signal(.kill))
        #expect(try run("sleep 100", patience: .milliseconds(200)).cause == .timeOut)
    }

    @Test func `one that closes what tells of its end and lives on has its time, and no more`() throws {
        #expect(try run("exec 3>&-; sleep 0.3; exit 7").cause == .exit(7))
        #expect(try run("exec 3>&-; exec sleep 1000", patience: .milliseconds(200)).cause == .timeOut)
    }

    @Test func `it has no input, no signals blocked, and none of our files`() throws {
        let file = try FileHandle(forReadingFrom: URL(filePath: "/etc/passwd"))
        // One that is not closed by itself, as of a program that has started ours and waits for its end.
        let inherited = dup(file.fileDescriptor)
        defer { close(inherited) }
        let end = try run("cat; grep SigBlk /proc/self/status; ls -l /proc/self/fd")
        let said = String(decoding: end.output, as: UTF8.self)
        #expect(said.contains("SigBlk:\t0000000000000000"))
        #expect(said.contains("/dev/null") && !said.contains("/etc/passwd"), "\(said)")
    }

    @Test func `a program that is not there cannot be started`() {
        #expect(throws: SystemError.self) { try ChildProcess.run("/nowhere", [], patience: .seconds(1)) }
    }

    @Test func `a child answers, and can be ended`() throws {
        let child = try AnsweringChild(starting: "/bin/sh", ["-c", "echo answer >&3; exec sleep 100"])
        #expect(child.read() == nil)
        child.send(.terminate)
        while true {
            guard let (cause, answer) = child.read() else { continue }
            #expect(cause == .signal(.terminate) && answer == Array("answer\n".utf8))
            break
        }
    }

    @Test func `a child that closes its descriptor and lives on is killed`() throws {
        let child = try AnsweringChild(starting: "/bin/sh", ["-c", "echo answer >&3; exec 3>&-; exec sleep 1000"])
        while true {
            guard let (cause, answer) = child.read() else { continue }
            #expect(cause == .timeOut && answer == Array("answer\n".utf8))
            break
        }
        #expect(kill(child.process.rawValue, 0) != 0, "it is still there")
    }

    @Test(arguments: [
        "trap '' TERM; echo >&3; while :; do sleep 0.05; done", "trap '' TERM; echo >&3; sleep 20 >/dev/null 2>&1",
    ])
    func `a child that does not end when it is told to is killed`(script: String) throws {
        let child = try AnsweringChild(starting: "/bin/sh", ["-c", script])
        // It says that it is deaf by now.
        #expect(child.read() == nil)
        child.end(within: .milliseconds(200))
        #expect(kill(child.process.rawValue, 0) != 0, "it is still there")
    }

    @Test func `an answer without an end is none`() throws {
        let child = try AnsweringChild(starting: "/bin/sh", ["-c", "head -c 3000000 /dev/zero >&3"])
        while true {
            guard let (cause, answer) = child.read() else { continue }
            #expect(cause == .exit(0) && answer.isEmpty)
            break
        }
    }

    @Test func `work on a thread of its own gives its result`() async {
        let numbers = await withTaskGroup(of: Int.self) { group in
            for number in 0..<20 { group.addTask { await onOwnThread { number * 2 } } }
            return await group.reduce(0, +)
        }
        #expect(numbers == 380)
    }
}
