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
        let pipe = try Pipe()
        let child = ChildProcess(
            try spawn(
                program, arguments, output: output.rawValue, errors: errors.rawValue, life: pipe.writing.rawValue))
        let life = pipe.closedForWriting()
        let end = MonotonicInstant.now.advanced(by: patience)
        _ = waitUntilReadable(life, until: end)
        let cause = try child.waitForEnd(until: end)
        return End(
            cause: cause, output: try rewound(output).readToEnd(limit: limit, on: nil),
            errors: try rewound(errors).readToEnd(limit: limit, on: nil))
    }

    private init(_ process: ProcessID) { self.process = process }

    /// Sends a signal to it.
    package func send(_ signal: Signal) { _ = kill(process.rawValue, signal.rawValue) }

    /// How long one that is killed is waited for: the kernel may not let it go, as behind a file system that is silent.
    private static let farewell = Duration.seconds(1)

    /// Waits until it has ended, and kills it if it has not by then.
    ///
    /// For one that has closed what tells of its end: mostly it has ended, or does within microseconds.
    ///
    /// - Throws: The `waitpid` that failed.
    func waitForEnd(until end: MonotonicInstant) throws(SystemError) -> End.Cause {
        if let cause = try cause(until: end) { return cause }
        send(.kill)
        _ = try cause(until: .now.advanced(by: Self.farewell))
        return .timeOut
    }

    /// How it has ended; nil if it has not by then.
    private func cause(until end: MonotonicInstant) throws(SystemError) -> End.Cause? {
        // There is no call that waits for some time, and pidfd_open(2) came with Linux 5.3.
        var rest = Duration.microseconds(100)
        while true {
            var status: Int32 = 0
            // Safety: the call writes to a local variable.
            let result = try retryingSystemCall("waitpid", on: .process(process)) {
                unsafe waitpid(process.rawValue, &status, WNOHANG)
            }
            let signal = status & 0x7f
            if result > 0 { return signal == 0 ? .exit((status >> 8) & 0xff) : .signal(Signal(rawValue: signal)) }
            guard .now < end else { return nil }
            pause(for: rest)
            rest = min(rest * 2, .milliseconds(20))
        }
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

    /// Waits until something can be read, or all who could write are gone; false if neither has come by then.
    static func waitUntilReadable(_ pipe: borrowing OwnedDescriptor, until end: MonotonicInstant) -> Bool {
        while true {
            let now = MonotonicInstant.now
            guard now < end else { return false }
            var limit = timespec(end.elapsed(since: now))
            // Safety: the call reads a local variable only.
            let result = unsafe clinux_wait_readable(pipe.rawValue, &limit)
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
