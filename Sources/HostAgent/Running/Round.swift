// SPDX-License-Identifier: Apache-2.0

/// What a daemon has a child do: whatever speaks to the network, reads foreign bytes or touches processes.
package enum Round: String, CaseIterable, Sendable {
    /// Applies the levels that were accepted before, without a network.
    case start
    /// Asks the service, and does what it wants.
    case checkIn = "check-in"
    /// Looks at what is kept: what new processes are to have, and what must be seen to when.
    case look
    /// Notes that the daemon ends in an orderly way.
    case end
}

/// What a daemon is told while a round goes on: white space, which an answer may begin with.
package enum RoundSign: UInt8, Sendable {
    /// A step begins that changes no process.
    case step = 0x20
    /// A step begins that does.
    case change = 0x0a

    /// The sign of a step.
    package init(_ step: AgentStep) {
        switch step {
        case .survey, .checkIn, .repository, .download, .plan: self = .step
        case .apply, .revert: self = .change
        }
    }
}
