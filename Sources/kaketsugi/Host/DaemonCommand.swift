// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent
import HostProtocol
import LinuxSystem
import LivePatch
import ProcessPatcher

/// `kaketsugi daemon`: keeps this host as the service wants it.
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daemon",
        abstract: "Check in again and again, apply what is wanted, and patch new processes as they start.",
        discussion: """
            It begins with the levels that were accepted before, without a network. SIGHUP reads the settings again and \
            asks at once; SIGTERM ends it, and the patches stay. kaketsugi=off on the kernel's command line, or the file \
            /etc/kaketsugi/off, stop everything.

            Exit codes: 0 ended by a signal; 3 refused; 64 the command line is wrong.
            """)

    mutating func run() throws {
        // First of all: what starts a thread after this leaves the signals to the one that waits for them.
        let signals: SignalSource
        do throws(SystemError) { signals = try SignalSource() } catch { throw refused("\(error)") }
        let log = DaemonLog()
        let daemon = Daemon(tell: { log.tell($0) }) { () throws(AgentError) in
            let places = Places.current
            let settings = try AgentSettings(at: places)
            return Agent(
                StateStore(places), settings: settings,
                runner: ChildRunner(exclusions: settings.exclusions, wait: settings.wait, patterns: settings.targets),
                tell: { log.tell($0) })
        }
        try answering { () throws(AgentError) in
            try waiting { () async throws(AgentError) in
                try await daemon.run { limit in await onOwnThread { signals.wait(atMost: limit) } }
            }
        }
    }
}

/// The signals of a daemon, for a thread that waits for them.
private final class SignalSource: Sendable {
    private let signals: TerminationSignals

    init() throws(SystemError) { signals = try TerminationSignals() }

    /// Waits for a signal, and tells what it means.
    func wait(atMost limit: Duration) -> Daemon.Wake {
        switch signals.next(within: limit) {
        case nil: .time
        case .hangUp?: .reload
        case .some: .end
        }
    }
}

/// What a daemon says: a line each, for the journal.
private struct DaemonLog: Sendable {
    private let language = Language.current

    func tell(_ news: Daemon.News) {
        switch news {
        case .started(let levels): write(.daemonStarted(levels: levels))
        case .sleeps(let seconds): write(.nextCheckIn(seconds: seconds))
        case .watchEnded: write(.watchEnded)
        case .ended: write(.daemonEnded)
        }
    }

    func tell(_ news: AgentNews) {
        switch news {
        case .step: break
        case .warning(let text): _ = StandardOutput.write(line: TextLayout.harmless(text.text(in: language)))
        case .event(let event):
            write(
                .happened(
                    event: event.kind.rawValue, target: event.patch.map(\.short) ?? "-",
                    detail: event.detail))
        }
    }

    private func write(_ text: HostText) {
        _ = StandardOutput.write(line: TextLayout.harmless(text.text(in: language)))
    }
}
