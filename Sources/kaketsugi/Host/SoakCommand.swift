// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import HostAgent
import LinuxSystem

/// `kaketsugi soak`: waits until what was applied by hand has proved itself, and notes that.
///
/// Without it, a host that has no daemon would look as if it had gone down with the patch when it is started the next time.
struct SoakCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak", abstract: "Wait until what was applied has proved itself.", shouldDisplay: false)

    mutating func run() throws {
        leaveSession()
        let places = Places.current
        try answering { () throws(AgentError) in
            let agent = Agent(
                StateStore(places), settings: try AgentSettings(at: places),
                runner: ChildRunner(exclusions: [], wait: 0, patterns: []))
            while let rest = try agent.soak() { pause(for: .seconds(rest)) }
        }
    }

    /// Leaves a program behind that waits, if there is something to wait for.
    static func begin(for agent: Agent) {
        // Where it cannot be started, the next command of this boot notes the same.
        if let rest = (try? agent.soak()) ?? nil, rest > 0 { try? ChildProcess.leave("/proc/self/exe", ["soak"]) }
    }
}
