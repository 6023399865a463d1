// SPDX-License-Identifier: Apache-2.0

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

    /// How long it may live on after it has closed the descriptor.
    private static let farewell = Duration.seconds(1)

    private let child: ChildProcess
    let pipe: OwnedDescriptor
    private var answer: [UInt8] = []

    /// The last byte that it has said so far; nil if it has said nothing.
    package var lastByte: UInt8? { answer.last }

    /// Starts a program.
    ///
    /// - Throws: The call that failed.
    package init(starting program: String, _ arguments: [String]) throws(SystemError) {
        let pipe = try Pipe()
        child = try ChildProcess(starting: program, arguments, answersTo: pipe.writing)
        self.pipe = pipe.closedForWriting()
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
        let cause = (try? child.waitForEnd(until: .now.advanced(by: Self.farewell))) ?? .exit(-1)
        return (cause, answer.count > Self.limit ? [] : answer)
    }

    /// Tells it to end, and waits for that; it is killed if it takes too long.
    ///
    /// What it still answers is of no use.
    package func end(within patience: Duration) {
        send(.terminate)
        let end = MonotonicInstant.now.advanced(by: patience)
        while ChildProcess.waitUntilReadable(pipe, until: end) { if read() != nil { return } }
        kill()
    }

    /// Kills it.
    ///
    /// What became of it, nobody asks any more.
    package func kill() { _ = try? child.waitForEnd(until: .now) }
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

/// Lets this program end, as by SIGTERM, when the one is gone that has started it for an answer, however it went.
///
/// The end to read the answer from is gone with it then. PR_SET_PDEATHSIG (prctl(2)) would tell of the end of the *thread*
/// that has started this program, and nothing where that end came first.
///
/// - Throws: The call that failed: nobody has asked, or there can be no thread that waits.
package func endWithStarter() throws(SystemError) {
    _ = try retryingSystemCall("fcntl") { fcntl(AnsweringChild.descriptor, F_GETFD) }
    var thread = pthread_t()
    // Safety: the function gets nothing, and uses nothing but what is its own.
    let result = unsafe pthread_create(
        &thread, nil,
        { _ in
            // Signals are for those who wait for them.
            var signals = sigset_t()
            unsafe sigfillset(&signals)
            unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
            // Nothing is asked for; an error, which is what a pipe without a reader has, is told anyway.
            var starter = pollfd(fd: AnsweringChild.descriptor, events: 0, revents: 0)
            while starter.revents == 0 { _ = unsafe poll(&starter, 1, -1) }
            _ = Glibc.kill(getpid(), SIGTERM)
            return nil
        }, nil)
    guard result == 0 else { throw SystemError("pthread_create", ErrorNumber(rawValue: result)) }
    pthread_detach(thread)
}
