// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport
internal import HostProtocol
internal import LinuxSystem

/// Keeps a host as the service wants it: polls, applies, watches over new processes, until it is told to end.
///
/// It sleeps between these. Whatever looks into other processes, or touches them, is a child of it.
package struct Daemon: Sendable {
    /// What the daemon is woken by.
    package enum Wake: Sendable {
        /// It is to end.
        case end
        /// The administrator has changed the settings, or wants it to ask now.
        case reload
        /// The time is over.
        case time
    }

    /// What is told, for the log.
    package enum News: Sendable {
        /// It has begun, with so many accepted levels.
        case started(levels: Int)
        /// It asks again in some seconds.
        case sleeps(seconds: Int64)
        /// The child that watches has ended.
        case watchEnded
        /// It has ended.
        case ended
    }

    private let makeAgent: @Sendable () throws(AgentError) -> Agent
    private let program: String
    private let tell: @Sendable (News) -> Void

    /// A daemon.
    ///
    /// - Parameters:
    ///   - program: this program, which is also what watches.
    ///   - tell: what is told.
    ///   - makeAgent: reads the settings, and makes an agent by them.
    package init(
        program: String = "/proc/self/exe", tell: @escaping @Sendable (News) -> Void,
        makeAgent: @escaping @Sendable () throws(AgentError) -> Agent
    ) {
        self.program = program
        self.tell = tell
        self.makeAgent = makeAgent
    }

    /// Runs until it is told to end.
    ///
    /// - Parameter wait: waits at most so long, and tells what has come; not on a thread of Swift's pool.
    /// - Throws: `AgentError` where it cannot begin.
    package func run(waiting wait: @Sendable (Duration) async -> Wake) async throws(AgentError) {
        var agent = try makeAgent()
        let watch = WatchChild(program)
        var files = try await agent.applyAccepted()
        watch.keep(files, excluding: agent.settings.exclusions)
        tell(.started(levels: files.count))
        notifyServiceManager("READY=1")
        var schedule = PollSchedule()
        var due = MonotonicInstant.now
        while true {
            if due <= .now {
                due = MonotonicInstant.now.advanced(by: .seconds(await poll(agent, &schedule)))
                // Certificates and metadata were looked at, and are of no use for an hour.
                releaseMemory()
            }
            if watch.hasEnded() { tell(.watchEnded) }
            // What cannot be read now is as it was.
            files = (try? agent.acceptedFiles()) ?? files
            watch.keep(files, excluding: agent.settings.exclusions)
            switch await wait(.seconds(rest(until: due, agent, watch))) {
            case .end:
                notifyServiceManager("STOPPING=1")
                try? agent.noteOrderlyEnd()
                watch.end()
                tell(.ended)
                return
            case .reload:
                do throws(AgentError) { agent = try makeAgent() } catch { agent.tell(.warning(error.text)) }
                due = .now
            case .time: break
            }
        }
    }

    /// Asks once, and tells in how many seconds to ask again.
    private func poll(_ agent: Agent, _ schedule: inout PollSchedule) async -> Int64 {
        let random = Double.random(in: 0..<1)
        let wait: Int64
        do throws(AgentError) {
            let outcome = try await agent.update(from: .service, acts: agent.settings.isAutomatic)
            let interval = outcome.nextCheckIn ?? 3600
            if let trouble = outcome.trouble {
                agent.tell(.warning(trouble.text))
                wait = schedule.afterFailure(interval: interval, retryAfter: trouble.retryAfter, random: random)
            } else {
                wait = schedule.afterSuccess(interval: interval, random: random)
            }
            await agent.writeMetrics()
        } catch {
            // A host that is not registered yet is no trouble; registering it and SIGHUP, or patience, go on.
            if case .notRegistered = error {} else { agent.tell(.warning(error.text)) }
            wait = schedule.afterFailure(interval: 3600, retryAfter: error.retryAfter, random: random)
        }
        tell(.sleeps(seconds: wait))
        return wait
    }

    /// How many seconds there is nothing to do: up to the next poll, or less if something must be seen to, as a patch that
    /// proves itself, or a watch that has ended.
    private func rest(until due: MonotonicInstant, _ agent: Agent, _ watch: WatchChild) -> Int64 {
        var seconds = max(1, due.elapsed(since: .now).components.seconds + 1)
        if let soak = (try? agent.soak()) ?? nil { seconds = min(seconds, soak) }
        if watch.isMissing { seconds = min(seconds, 10) }
        if watch.isRunning { seconds = min(seconds, 600) }
        return seconds
    }
}

extension AgentError {
    /// After how many seconds the service wants to be asked again.
    package var retryAfter: Int64? {
        if case .refused(let refusal) = self { refusal.retryAfter } else { nil }
    }

    /// Whether another attempt may succeed without anybody doing anything.
    package var mayPass: Bool {
        switch self {
        case .transport(let error):
            if case .badAddress = error { false } else if case .badCertificates = error { false } else { true }
        case .refused(let refusal): [.tooMany, .unavailable].contains(refusal.code)
        case .badStatus(let status): status >= 500
        default: false
        }
    }
}
