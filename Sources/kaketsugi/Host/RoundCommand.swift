// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent
import LinuxSystem

/// `kaketsugi round`: what a daemon has done by a child of it, which speaks to the network and reads foreign bytes.
struct RoundCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "round", abstract: "Do what the daemon wants done, and answer it on descriptor 3.",
        shouldDisplay: false)

    @Argument(help: "What is to be done.")
    var round: Round

    mutating func run() throws {
        let log = DaemonLog()
        let ending = Ending()
        try SignalThread.start(ending)
        do throws(SystemError) { try endWithStarter() } catch {
            throw refused(HostText.notByDaemon.text(in: .current))
        }
        let round = round
        let answer = try answering { () throws(AgentError) in
            let places = Places.current
            let settings = try AgentSettings(at: places)
            let agent = Agent(
                StateStore(places), settings: settings,
                runner: ChildRunner(exclusions: settings.exclusions, wait: settings.wait, patterns: settings.targets),
                ending: ending,
                tell: { news in
                    log.tell(news)
                    // The daemon knows that it goes on, and for how long that may take. Without one, this is about to end.
                    if case .step(let step) = news { try? answerStarter([RoundSign(step).rawValue]) }
                })
            return try waiting { () async throws(AgentError) in try await agent.perform(round) }
        }
        guard let answer else { return }
        do throws(SystemError) { try answerStarter(answer) } catch {
            throw refused(HostText.notByDaemon.text(in: .current))
        }
    }
}

extension Round: ExpressibleByArgument {}

/// Ends this program when a signal says so, once nothing is being changed.
private enum SignalThread {
    /// Must come first of all: what starts a thread after this leaves the signals to the one that waits for them.
    static func start(_ ending: Ending) throws {
        let signals: SharedSignals
        do throws(SystemError) { signals = try SharedSignals() } catch { throw refused("\(error)") }
        Task.detached {
            await onOwnThread {
                signals.waitForEnd()
                ending.waitForChanges()
                endAtOnce()
            }
        }
    }
}

/// The signals of a program, for a thread that waits for them.
private final class SharedSignals: Sendable {
    private let signals: TerminationSignals

    init() throws(SystemError) { signals = try TerminationSignals() }

    /// Waits for one that ends the program; the daemon alone is spoken to by SIGHUP.
    func waitForEnd() {
        while true {
            guard let signal = signals.next(within: .seconds(3600)), signal != .hangUp else { continue }
            return
        }
    }
}
