// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Testing

@Suite struct ProcessTests {
    @Test(arguments: [
        ("7 (sh) S 1 7", "sh"), ("7 (a b) c) S 1", "a b) c"), ("7 (()) S 1", "()"), ("7 (\n) S 1", "\n"),
        ("7 () S 1", ""),
    ])
    func `a name may hold anything`(start: String, name: String) throws {
        let fields = (5...52).map { String($0) }.joined(separator: " ")
        let text = start.prefix { $0 != "S" } + "S 1 \(fields)\n"
        let identity = try #require(
            ProcessIdentity(parsing: Array(text.utf8), of: ProcessID(rawValue: 7)))
        #expect(identity.name == name)
        #expect(identity.state == "S")
        #expect(identity.startTime == 22)
        #expect(identity.heapStart == RemoteAddress(47))
    }

    @Test(arguments: [
        "", "7", "7 (", "7 )(", "7 (sh)", "7 (sh) S 1 2 3", "7 (sh) S" + String(repeating: " x", count: 30),
    ])
    func `a status that is none gives no identity`(text: String) {
        #expect(ProcessIdentity(parsing: Array(text.utf8), of: ProcessID(rawValue: 7)) == nil)
    }

    @Test func `tracer and seccomp are read from a thread's status`() {
        let text =
            "Name:\tState:\\nSeccomp:\nState:\tt (tracing stop)\nTracerPid:\t42\nSeccomp:\t2\nSeccomp_filters:\t1\n"
        let status = ThreadStatus(parsing: Array(text.utf8))
        #expect(status.state == "t")
        #expect(status.tracer == ThreadID(rawValue: 42))
        #expect(status.seccomp == .filter)
        #expect(ThreadStatus(parsing: []).tracer == nil)
    }

    @Test(arguments: [
        (0x0000, Stop.ended), (0x0009, .ended), (0x137f, .signal(.stop)), (0x857f, .systemCall),
        (0x80_057f, .interrupted), (0x80_137f, .group(.stop)), (0x3_057f, .clone), (0x4_057f, .execute),
        (0x057f, .signal(.trap)), (0x6_057f, .other(6)),
    ])
    func `wait statuses are decoded`(status: Int, stop: Stop) {
        #expect(Stop(status: Int32(status)) == stop)
    }

    @Test func `the list has this process and its threads`() throws {
        #expect(try ProcessDirectory.processes().contains(.current))
        #expect(try ProcessDirectory.threads(of: .current).contains(.current))
        let count = try ThreadCounter(of: .current).count()
        #expect(count >= 1)
    }

    @Test func `a process that is not there is told apart from one that may not be seen`() throws {
        let nobody = ProcessID(rawValue: .max)
        let error = #expect(throws: SystemError.self) { try MemoryMap(of: nobody) }
        #expect(error?.meansGone == true)
        #expect(error?.meansNotPermitted == false)
        #expect(error?.description.hasSuffix("maps: No such file or directory (errno 2)") == true)
    }

    @Test func `memory is read, also up to where it ends`() throws {
        let memory = try ProcessMemory(of: .current, writable: false)
        let map = try MemoryMap(of: .current)
        let code = try #require(map.mappings.first { $0.isExecutableFile })
        #expect(try memory.read(16, at: code.range.lowerBound).count == 16)
        let gap = try #require(
            zip(map.mappings, map.mappings.dropFirst()).first {
                $0.range.upperBound < $1.range.lowerBound && $0.permissions.contains(.read)
            }
        ).0.range.upperBound
        #expect(try memory.readAvailable(64, at: RemoteAddress(gap.rawValue - 16)).count == 16)
        #expect(throws: SystemError.self) { try memory.read(64, at: RemoteAddress(gap.rawValue - 16)) }
        #expect(throws: SystemError.self) { try memory.read(1, at: RemoteAddress(8)) }
        #expect(throws: SystemError.self) { try memory.read(1, at: RemoteAddress(.max)) }
    }

    @Test func `time goes on and does not overflow`() {
        let now = MonotonicInstant.now
        #expect(now.advanced(by: .seconds(1)).elapsed(since: now) == .seconds(1))
        #expect(now.elapsed(since: now.advanced(by: .seconds(1))) == .zero)
        #expect(now.advanced(by: .seconds(Int64.max)).nanoseconds == .max)
    }
}
