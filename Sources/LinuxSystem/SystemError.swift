// SPDX-License-Identifier: Apache-2.0

/// A system call that failed.
package struct SystemError: Error, Hashable, Sendable {
    /// What a system call was about.
    package enum Subject: Hashable, Sendable {
        /// A file.
        case path(String)
        /// A process.
        case process(ProcessID)
        /// A thread.
        case thread(ThreadID)
        /// Memory of a process.
        case memory(ProcessID, RemoteAddress, count: Int)
    }

    /// The call's name, as in section 2 of the manual.
    package let call: String
    /// Why it failed.
    package let number: ErrorNumber
    /// What it was about.
    package let subject: Subject?

    /// A failure of a call on a subject.
    package init(_ call: String, _ number: ErrorNumber, on subject: Subject? = nil) {
        self.call = call
        self.number = number
        self.subject = subject
    }

    /// Whether the process or thread is gone, so that there is nothing to fail at any more.
    package var meansGone: Bool {
        switch number {
        case .noSuchProcess, .noSuchFile, .noChild: true
        default: false
        }
    }

    /// Whether the caller lacks the right to do this.
    package var meansNotPermitted: Bool { number == .notPermitted || number == .accessDenied }
}

extension SystemError: CustomStringConvertible {
    /// The call, its subject and the reason, in one line.
    package var description: String {
        switch subject {
        case .path(let path): "\(call) \(path): \(number)"
        case .process(let process): "\(call) of process \(process): \(number)"
        case .thread(let thread): "\(call) of thread \(thread): \(number)"
        case .memory(let process, let address, let count):
            "\(call) of \(count) bytes at \(address) in process \(process): \(number)"
        case nil: "\(call): \(number)"
        }
    }
}

/// Calls the system until it is not interrupted, the one place where `EINTR` is handled.
///
/// - Parameters:
///   - call: The call's name, for the error.
///   - subject: What the call is about, for the error.
///   - body: The call; a negative result means that `errno` tells why.
/// - Returns: The result.
/// - Throws: The failure.
func retryingSystemCall<Result: FixedWidthInteger & SignedInteger>(
    _ call: String, on subject: SystemError.Subject? = nil, _ body: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = body()
        guard result < 0 else { return result }
        let number = ErrorNumber.current
        guard number == .interrupted else { throw SystemError(call, number, on: subject) }
    }
}

/// Checks the result of a C shim: a value of 0 or more, or a negative error number.
@discardableResult
func checked(
    _ call: String, on subject: SystemError.Subject? = nil, _ result: Int32
) throws(SystemError) -> Int32 {
    guard result < 0 else { return result }
    throw SystemError(call, ErrorNumber(rawValue: 0 &- result), on: subject)
}
