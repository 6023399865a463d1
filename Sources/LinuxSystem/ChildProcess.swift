// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A program that this one has started, so that what goes wrong in it goes wrong there.
package struct ChildProcess: Sendable {
    /// Its number.
    package let process: ProcessID

    /// How a program ended, and what it said.
    package struct End: Sendable {
        /// How it ended.
        package enum Cause: Hashable, Sendable {
            /// By itself, with a status.
            case exit(Int32)
            /// By a signal.
            case signal(Signal)
            /// It took too long, and was killed.
            case timeOut
        }

        /// How it ended.
        package var cause: Cause
        /// What it wrote to its output.
        package var output: [UInt8]
        /// What it wrote to its errors.
        package var errors: [UInt8]
    }

    /// Starts a program that writes where this one writes, and is not waited for.
    ///
    /// - Parameters:
    ///   - program: its path.
    ///   - arguments: its arguments, without its own name.
    ///   - pipe: what it finds open as descriptor 3.
    /// - Throws: The call that failed.
    init(
        starting program: String, _ arguments: [String], answersTo pipe: borrowing OwnedDescriptor
    ) throws(SystemError) {
        process = try Self.spawn(
            program, arguments, output: STDOUT_FILENO, errors: STDERR_FILENO, life: pipe.rawValue)
    }

    /// Starts a program that says nothing and outlives this one.
    ///
    /// - Throws: The call that failed.
    package static func leave(_ program: String, _ arguments: [String]) throws(SystemError) {
        let nowhere = try OwnedDescriptor(opening: "/dev/null", for: .readWrite)
        _ = try spawn(program, arguments, output: nowhere.rawValue, errors: nowhere.rawValue, life: -1)
    }

    /// Runs a program to its end, and waits for that: not for threads of Swift's pool.
    ///
    /// - Parameters:
    ///   - program: its path.
    ///   - arguments: its arguments, without its own name.
    ///   - patience: how long it may take.
    ///   - limit: how much it may write, in bytes.
    /// - Returns: How it ended, and what it said.
    /// - Throws: The call that failed.
    package static func run(
        _ program: String, _ arguments: [String], patience: Duration, limit: Int = 16 << 20
    ) throws(SystemError) -> End {
        let output = OwnedDescriptor(try checked("memfd_create", clinux_memory_file()))
        let errors = OwnedDescriptor(try checked("memfd_create", clinux_memory_file()))
        var ends: [Int32] = [0, 0]
        // Safety: the call writes two numbers into the array, which has room for them.
        let result = unsafe ends.withUnsafeMutableBufferPointer { ends in
            unsafe ends.baseAddress.map { unsafe clinux_open_pipe($0) } ?? -EINVAL
        }
        try checked("pipe2", result)
        let life = OwnedDescriptor(ends[0])
        let process: ProcessID
        do {
            let ours = OwnedDescriptor(ends[1])
            process = try spawn(
                program, arguments, output: output.rawValue, errors: errors.rawValue, life: ours.rawValue)
        }
        let hasEnded = wait(for: life, until: .now.advanced(by: patience))
        let child = ChildProcess(process)
        if !hasEnded { child.send(.kill) }
        let cause = try child.waitForEnd()
        return End(
            cause: hasEnded ? cause : .timeOut, output: try rewound(output).readToEnd(limit: limit, on: nil),
            errors: try rewound(errors).readToEnd(limit: limit, on: nil))
    }

    private init(_ process: ProcessID) { self.process = process }

    /// Sends a signal to it.
    package func send(_ signal: Signal) { _ = kill(process.rawValue, signal.rawValue) }

    /// Waits until it has ended.
    ///
    /// - Throws: The `waitpid` that failed.
    package func waitForEnd() throws(SystemError) -> End.Cause {
        var status: Int32 = 0
        // Safety: the call writes to a local variable.
        _ = try retryingSystemCall("waitpid", on: .process(process)) { unsafe waitpid(process.rawValue, &status, 0) }
        let signal = status & 0x7f
        return signal == 0 ? .exit((status >> 8) & 0xff) : .signal(Signal(rawValue: signal))
    }

    private static func spawn(
        _ program: String, _ arguments: [String], output: Int32, errors: Int32, life: Int32
    ) throws(SystemError) -> ProcessID {
        var strings: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe strings.forEach { unsafe free($0) } }
        // Safety: the array ends with nil, its strings live until the call has ended, and it only reads them.
        let result = unsafe strings.withUnsafeMutableBufferPointer { strings in
            unsafe strings.baseAddress.map { unsafe clinux_spawn(program, $0, output, errors, life) } ?? -EINVAL
        }
        return ProcessID(rawValue: try checked("posix_spawn", on: .path(program), result))
    }

    private static func wait(for life: borrowing OwnedDescriptor, until end: MonotonicInstant) -> Bool {
        while true {
            let now = MonotonicInstant.now
            guard now < end else { return false }
            var limit = timespec(end.elapsed(since: now))
            // Safety: the call reads a local variable only.
            let result = unsafe clinux_wait_readable(life.rawValue, &limit)
            if result > 0 { return true }
        }
    }

    private static func rewound(_ file: borrowing OwnedDescriptor) throws(SystemError) -> OwnedDescriptor {
        let copy = OwnedDescriptor(try retryingSystemCall("dup") { dup(file.rawValue) })
        _ = try retryingSystemCall("lseek") { lseek(copy.rawValue, 0, SEEK_SET) }
        return copy
    }
}

extension ChildProcess.End.Cause: CustomStringConvertible {
    package var description: String {
        switch self {
        case .exit(let status): "ended with status \(status)"
        case .signal(let signal): "was ended by \(signal)"
        case .timeOut: "took too long, and was killed"
        }
    }
}
