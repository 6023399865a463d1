// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import Testing

/// Tracing a child that sleeps.
@Suite(.serialized, .timeLimit(.minutes(10)))
final class TracingTests {
    let child = Process()
    let alarm: WaitAlarm

    init() throws {
        alarm = try WaitAlarm()
        child.executableURL = URL(filePath: "/bin/sleep")
        child.arguments = ["1000"]
        try child.run()
    }

    deinit {
        // SIGTERM would be blocked if the thread that started the child had blocked it.
        kill(child.processIdentifier, SIGKILL)
        child.waitUntilExit()
    }

    var process: ProcessID { ProcessID(rawValue: child.processIdentifier) }

    func status() throws -> ThreadStatus { try ThreadStatus(of: process.leader, in: process) }

    @Test func `a thread is stopped, and goes on when its owner is gone`() throws {
        do {
            var tracee = try Tracee(seizing: process.leader)
            #expect(try status().tracer == .current)
            #expect(try status().state != "t")
            #expect(try tracee.interrupt(within: alarm, .seconds(5)) == .interrupted)
            #expect(try status().state == "t")
            #expect(try process.leader.registers().isLongMode)
        }
        #expect(try status().tracer == nil)
        #expect(try status().state != "t")
    }

    @Test func `a thread that runs is let go, too`() throws {
        do {
            let tracee = try Tracee(seizing: process.leader)
            #expect(tracee.stop == nil)
        }
        #expect(try status().tracer == nil)
        #expect(try status().state != "t")
    }

    @Test func `a wait ends when the alarm goes off`() throws {
        var tracee = try Tracee(seizing: process.leader)
        let before = MonotonicInstant.now
        #expect(try tracee.wait(within: alarm, .milliseconds(20)) == nil)
        #expect(MonotonicInstant.now.elapsed(since: before) >= .milliseconds(20))
    }

    @Test func `a thread that somebody traces is refused`() throws {
        let tracee = try Tracee(seizing: process.leader)
        let error = #expect(throws: SystemError.self) { _ = try ThreadID(rawValue: tracee.thread.rawValue).seize([]) }
        #expect(error?.meansNotPermitted == true)
    }

    @Test func `a signal that comes while a thread is traced is not lost`() throws {
        do {
            var tracee = try Tracee(seizing: process.leader)
            #expect(try tracee.interrupt(within: alarm, .seconds(5)) == .interrupted)
            kill(child.processIdentifier, SIGSTOP)
            try tracee.resume()
            #expect(try tracee.wait(within: alarm, .seconds(5)) == .signal(.stop))
        }
        for _ in 0..<1000 where try status().state != "T" { usleep(1000) }
        #expect(try status().state == "T")
    }
}
