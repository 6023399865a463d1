// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// Keeps a host as the service wants it: polls, applies, watches over new processes, until it is told to end.
///
/// It is one thread that sleeps. Whatever speaks to the network, reads foreign bytes or touches processes is a child of it, a
/// ``Round``; what goes wrong in one is told, and tried again after a while.
package final class Daemon {
    /// What is told, for the log.
    package enum News: Equatable, Sendable {
        /// It has begun, with so many accepted levels.
        case started(levels: Int)
        /// It asks again in some seconds.
        case sleeps(seconds: Int64)
        /// A child has not done its work.
        case failed(Round, reason: String)
        /// The child that watches has ended.
        case watchEnded
        /// It has ended.
        case ended
    }

    /// How it ended.
    package enum End: Equatable, Sendable {
        /// It was told to.
        case asked
        /// It could not begin: its first child has refused, said why, and ended with this status.
        case refused(status: Int32)
    }

    /// When what could not be looked at is looked at again.
    private static let rest = Duration.seconds(600)

    private let program: String
    private let places: Places
    private let patience: Patience
    private let tell: (News) -> Void
    private var schedule = PollSchedule()
    private var running: RunningRound?
    private var watch: WatchChild
    private var due = MonotonicInstant.now
    private var lookDue: MonotonicInstant?
    private var isLookWanted = false
    private var isCheckInWanted = false
    private var hasStarted = false
    private var end: End?

    /// A daemon.
    ///
    /// - Parameters:
    ///   - program: this program, which is also what does the work.
    ///   - places: where the state is, whose changes are noticed.
    ///   - patience: how long a round may be silent.
    ///   - tell: what is told.
    package init(
        program: String = "/proc/self/exe", places: Places, patience: Patience = Patience(),
        tell: @escaping (News) -> Void
    ) {
        self.program = program
        self.places = places
        self.patience = patience
        self.tell = tell
        watch = WatchChild(program)
    }

    /// Runs until it is told to end, on the thread that calls it.
    ///
    /// - Throws: The call that failed without which there is no daemon.
    package func run() throws(SystemError) -> End {
        var sources = try WakeSources()
        try begin(.start)
        while true {
            if running == nil {
                if let end { return finish(end) }
                try beginNext(&sources)
            }
            if let due = watch.due, due <= .now { watch.start() }
            let children = [running?.child, watch.child].compactMap { $0 }
            let happened = sources.wait(for: children, atMost: rest())
            if happened.isFileReplaced { isLookWanted = true }
            if let signal = happened.signal { take(signal) }
            for (child, isReadable) in zip(children, happened.children) where isReadable { read(child) }
            endOverdueRound()
        }
    }

    /// Begins the round that is due, if one is.
    private func beginNext(_ sources: inout WakeSources) throws(SystemError) {
        let now = MonotonicInstant.now
        if isLookWanted || lookDue.map({ $0 <= now }) ?? false {
            isLookWanted = false
            lookDue = nil
            // There is a folder to watch once a round has made it. Without a watch, it is looked after each check-in.
            if !hasStarted { try? sources.watch(for: places.stateName, in: places.state) }
            start(.look)
        } else if due <= now {
            isCheckInWanted = false
            start(.checkIn)
        }
    }

    /// Begins a round; where that cannot be, it has failed.
    private func start(_ round: Round) {
        do throws(SystemError) {
            try begin(round)
        } catch {
            noteFailure(of: round, "\(error)")
        }
    }

    private func begin(_ round: Round) throws(SystemError) {
        running = RunningRound(round, try AnsweringChild(starting: program, ["round", round.rawValue]), patience)
    }

    /// For how long there is nothing to do; nil for ever.
    private func rest() -> Duration? {
        let rounds = running.map { [$0.deadline] } ?? [due, lookDue].compactMap { $0 }
        let now = MonotonicInstant.now
        return (rounds + [watch.due].compactMap { $0 }).min()?.elapsed(since: now)
    }

    private func take(_ signal: Signal) {
        if signal == .hangUp {
            due = .now
            isCheckInWanted = true
            return
        }
        guard end == nil else { return }
        end = .asked
        notifyServiceManager("STOPPING=1")
        // It ends at once, but where it is putting patches into processes: that is finished, and noted.
        running?.end()
    }

    private func read(_ child: AnsweringChild) {
        let end = child.read()
        guard let running, running.child === child else {
            guard end != nil else { return }
            watch.noteEnd()
            if self.end == nil { tell(.watchEnded) }
            return
        }
        guard let (cause, answer) = end else {
            self.running?.hear()
            return
        }
        self.running = nil
        if running.isOverdue { return noteFailure(of: running.round, "took too long, and \(cause)") }
        guard self.end == nil else { return }
        note(running.round, cause, answer)
    }

    private func endOverdueRound() {
        guard let round = running?.round, running?.endIfOverdue() == true else { return }
        running = nil
        noteFailure(of: round, "\(ChildProcess.End.Cause.timeOut)")
    }

    /// Takes up how a round ended.
    private func note(_ round: Round, _ cause: ChildProcess.End.Cause, _ answer: [UInt8]) {
        switch (round, cause) {
        case (.start, .exit(let status)) where status != 0: end = .refused(status: status)
        case (.start, .exit), (.end, .exit(0)): break
        case (.checkIn, .exit(0)):
            guard let result = try? CheckInResult(parsing: answer) else { return noteFailure(of: round, "no answer") }
            isLookWanted = true
            sleep(after: result)
        case (.look, .exit(0)):
            guard let standing = try? Standing(parsing: answer) else { return noteFailure(of: round, "no answer") }
            watch.keep(standing)
            lookDue = standing.soak.map { .now.advanced(by: .seconds($0)) }
            noteStart(levels: standing.files.count)
        default: return noteFailure(of: round, "\(cause)")
        }
        if round == .start { isLookWanted = true }
    }

    private func noteFailure(of round: Round, _ reason: String) {
        tell(.failed(round, reason: reason))
        guard end == nil else { return }
        switch round {
        case .start, .end: isLookWanted = true
        case .checkIn:
            isLookWanted = true
            sleep(after: CheckInResult(isFailure: true))
        case .look:
            // What cannot be read now is as it was.
            lookDue = .now.advanced(by: Self.rest)
            noteStart(levels: 0)
        }
    }

    private func noteStart(levels: Int) {
        guard !hasStarted else { return }
        hasStarted = true
        tell(.started(levels: levels))
        notifyServiceManager("READY=1")
    }

    private func sleep(after result: CheckInResult) {
        let random = Double.random(in: 0..<1)
        let interval = result.nextCheckIn ?? 3600
        let wait =
            result.isFailure
            ? schedule.afterFailure(interval: interval, retryAfter: result.retryAfter, random: random)
            : schedule.afterSuccess(interval: interval, random: random)
        // Who has asked for a check-in meanwhile gets another one.
        due = isCheckInWanted ? .now : .now.advanced(by: .seconds(wait))
        if !isCheckInWanted { tell(.sleeps(seconds: wait)) }
    }

    private func finish(_ end: End) -> End {
        guard end == .asked else { return end }
        let note = try? ChildProcess.run(program, ["round", Round.end.rawValue], patience: .seconds(20))
        if note?.cause != .exit(0) { tell(.failed(.end, reason: note.map { "\($0.cause)" } ?? "was not started")) }
        watch.end()
        tell(.ended)
        return end
    }
}
