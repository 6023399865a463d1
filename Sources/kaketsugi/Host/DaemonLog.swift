// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import HostAgent
import HostProtocol
import LivePatch

/// What a daemon and its children say: a line each, for the journal.
struct DaemonLog: Sendable {
    private let language = Language.current

    func tell(_ news: Daemon.News) {
        switch news {
        case .started(let levels): write(.daemonStarted(levels: levels))
        case .sleeps(let seconds): write(.nextCheckIn(seconds: seconds))
        case .failed(let round, let reason): write(.roundFailed(round: round.rawValue, reason: reason))
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
