// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// A round at work, which is ended when it is silent for too long.
struct RunningRound {
    let round: Round
    let child: AnsweringChild
    private let patience: Daemon.Patience
    /// When it is told to end, and then when it is killed.
    private(set) var deadline: MonotonicInstant
    private var isTold = false
    /// Whether it was silent for too long.
    private(set) var isOverdue = false

    init(_ round: Round, _ child: AnsweringChild, _ patience: Daemon.Patience) {
        self.round = round
        self.child = child
        self.patience = patience
        deadline = .now.advanced(by: patience.step)
    }

    /// Whether it has said last that processes are changed now.
    private var isChanging: Bool { child.lastByte == RoundSign.change.rawValue }

    /// Gives it time for what it says that it begins.
    mutating func hear() {
        guard !isOverdue else { return }
        deadline = .now.advanced(by: isChanging ? patience.change : isTold ? patience.farewell : patience.step)
    }

    /// Tells it to end; what it is changing, it may finish.
    mutating func end() {
        child.send(.terminate)
        isTold = true
        if !isChanging { deadline = min(deadline, .now.advanced(by: patience.farewell)) }
    }

    /// Tells it to end if it was silent for too long, and kills it if it does not.
    ///
    /// - Returns: Whether it was killed: there is no end of it to be waited for.
    mutating func endIfOverdue() -> Bool {
        guard deadline <= .now else { return false }
        guard !isTold else {
            child.kill()
            return true
        }
        end()
        isOverdue = true
        deadline = .now.advanced(by: patience.farewell)
        return false
    }
}
