// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// Lets one thread of a process make system calls, so that whatever happens to the patcher, the thread ends as it was.
///
/// There is one moment that changes the thread: when it gets the instruction pointer of a ``Stub``. From then on it
/// finishes alone if it must. While the patcher lives it watches each call, keeps signals from being handled in between,
/// and puts the original registers back itself, so that the kernel restarts an interrupted call just as it always does.
package struct RemoteExecution {
    /// The calls; those behind one that fails and is required are not made.
    let calls: [RemoteCall]
    /// A name that the calls may refer to, see ``Stub/nameOffset``.
    let name: String
    /// Where the stub may lie: ``Stub/maximalSize(of:)`` zero bytes in executable memory.
    let room: RemoteAddress
    /// How many of the calls have been made.
    var made = 0
    /// Whether a thread was left alone with the calls: it may make them at any time, and needs the room until then.
    var isLeft = false

    /// How many threads are asked.
    private static let threads = 16
    /// How often they are asked, if what keeps them is passing: on a busy machine a thread may take long to stop.
    private static let rounds = 3

    /// Prepares some calls.
    package init(_ calls: [RemoteCall], name: String, in room: RemoteAddress) {
        self.calls = calls
        self.name = name
        self.room = room
    }

    /// What became of the calls on one thread.
    enum Result: Hashable {
        /// All were made.
        case done
        /// One failed.
        case failed(name: String, ErrorNumber)
        /// The thread could not make them, or not all.
        case unusable(ThreadProblem)
    }

    /// Makes the calls through a thread of a process.
    ///
    /// - Parameter memory: The process's memory, writable.
    /// - Returns: How long the thread was kept from its work.
    /// - Throws: ``PatchError/remoteCallFailed(name:_:)``, ``PatchError/noUsableThread(last:)``,
    ///   ``PatchError/traced(_:by:)``, ``PatchError/notPermitted(_:)``, ``PatchError/exited(_:)``.
    package mutating func run(in memory: borrowing ProcessMemory) throws(PatchError) -> Duration {
        var last = ThreadProblem.ended
        for round in 0..<Self.rounds {
            if round > 0 { pause(for: .milliseconds(20)) }
            switch try runOnce(in: memory) {
            case .success(let time): return time
            case .failure(let problem): last = problem
            }
            guard last.isPassing else { break }
        }
        throw last == .ended ? .exited(memory.process) : .noUsableThread(last: last)
    }

    /// Asks each thread once.
    ///
    /// - Returns: How long the thread was kept, or why the last one was of no use.
    private mutating func runOnce(
        in memory: borrowing ProcessMemory
    ) throws(PatchError) -> Swift.Result<Duration, ThreadProblem> {
        let process = memory.process
        let alarm = try about(process) { () throws(SystemError) in try WaitAlarm() }
        var last = ThreadProblem.ended
        for (thread, status) in try Self.candidates(of: process) {
            if let tracer = status.tracer { throw .traced(process, by: tracer) }
            let began: MonotonicInstant
            let result: Result
            do throws(SystemError) {
                var tracee = try Tracee(seizing: thread, .markSystemCalls)
                began = .now
                result = try run(on: &tracee, status.seccomp, memory, alarm)
            } catch {
                guard error.meansGone else { throw .because(error, of: process) }
                continue
            }
            switch result {
            case .done: return .success(MonotonicInstant.now.elapsed(since: began))
            case .failed(let name, let number): throw .remoteCallFailed(name: name, number)
            case .unusable(let problem): last = problem
            }
            if isLeft { throw .noUsableThread(last: last) }
        }
        return .failure(last)
    }

    /// The threads to ask, those first that wait in the kernel: nobody notices if they wait there a little later.
    private static func candidates(of process: ProcessID) throws(PatchError) -> [(ThreadID, ThreadStatus)] {
        let threads = try about(process) { () throws(SystemError) in try ProcessDirectory.threads(of: process) }
        var waiting: [(ThreadID, ThreadStatus)] = []
        var others: [(ThreadID, ThreadStatus)] = []
        for thread in threads.prefix(threads.count > Self.threads ? Self.threads : threads.count) {
            guard let status = try? ThreadStatus(of: thread, in: process), !status.hasEnded else { continue }
            if status.state == "S" { waiting.append((thread, status)) } else { others.append((thread, status)) }
        }
        return waiting + others
    }
}
