// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A program that this one has started and does not wait for: it writes where this one writes, may answer on descriptor 3,
/// and tells by closing that descriptor that it has ended.
///
/// For one thread, which waits for it beside other things (``WakeSources``).
package final class AnsweringChild {
    /// The descriptor that a program finds open when it was started to answer.
    static let descriptor: Int32 = 3

    /// What is read of an answer at most; what is longer is no answer.
    private static let limit = 1 << 20

    private let child: ChildProcess
    let pipe: OwnedDescriptor
    private var answer: [UInt8] = []

    /// Starts a program.
    ///
    /// - Throws: The call that failed.
    package init(starting program: String, _ arguments: [String]) throws(SystemError) {
        var ends: [Int32] = [0, 0]
        // Safety: the call writes two numbers into the array, which has room for them.
        let result = unsafe ends.withUnsafeMutableBufferPointer { ends in
            unsafe ends.baseAddress.map { unsafe clinux_open_pipe($0) } ?? -EINVAL
        }
        try checked("pipe2", result)
        pipe = OwnedDescriptor(ends[0])
        let theirs = OwnedDescriptor(ends[1])
        child = try ChildProcess(starting: program, arguments, answersTo: theirs)
    }

    /// Its number.
    package var process: ProcessID { child.process }

    /// Sends a signal to it.
    package func send(_ signal: Signal) { child.send(signal) }

    /// Reads what it has answered since, once there is something to be read.
    ///
    /// - Returns: How it ended, and its answer; nil while it runs.
    package func read() -> (cause: ChildProcess.End.Cause, answer: [UInt8])? {
        var chunk = [UInt8](repeating: 0, count: 4096)
        // Safety: the call writes within the array.
        let count = unsafe chunk.withUnsafeMutableBytes { buffer in
            unsafe Glibc.read(pipe.rawValue, buffer.baseAddress, buffer.count)
        }
        if count > 0 {
            if answer.count <= Self.limit { answer += chunk.prefix(count) }
            return nil
        }
        if count < 0, errno == EINTR || errno == EAGAIN { return nil }
        let cause = (try? child.waitForEnd()) ?? .exit(-1)
        return (cause, answer.count > Self.limit ? [] : answer)
    }

    /// Waits until it has ended; what it still answers is of no use.
    package func waitForEnd() { while read() == nil {} }
}

/// Gives an answer to the program that has started this one for it.
///
/// - Throws: The `write` that failed: nobody has asked, or nobody listens any more.
package func answerStarter(_ bytes: [UInt8]) throws(SystemError) {
    var written = 0
    while written < bytes.count {
        // Safety: the buffer holds `bytes.count` bytes, of which `written` are done; write() only reads.
        written += try retryingSystemCall("write") {
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    AnsweringChild.descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
            }
        }
    }
}
