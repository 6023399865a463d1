// SPDX-License-Identifier: Apache-2.0

/// What waiting for a traced thread told; ptrace(2), "Stopped states".
package enum Stop: Hashable, Sendable {
    /// The thread has ended, by itself or by a signal.
    case ended
    /// A signal is about to be delivered: *signal-delivery-stop*. Whoever lets the thread go decides about it.
    case signal(Signal)
    /// A system call begins or ends: *syscall-stop*.
    case systemCall
    /// The thread stopped because it was asked to, or because it is new and traced from its birth.
    case interrupted
    /// The process is stopped by a signal such as SIGSTOP: *group-stop*.
    case group(Signal)
    /// The thread has made a thread, which is traced too.
    case clone
    /// The thread has executed another program; all other threads are gone.
    case execute
    /// An event that was not asked for.
    case other(Int32)

    /// Decodes a wait status.
    package init(status: Int32) {
        guard status & 0xff == 0x7f else {
            self = .ended
            return
        }
        let signal = (status >> 8) & 0xff
        let event = status >> 16
        switch event {
        case 0 where signal == Signal.trap.rawValue | 0x80: self = .systemCall
        case 0: self = .signal(Signal(rawValue: signal))
        case 1, 2, 3: self = .clone
        case 4: self = .execute
        case 128 where signal == Signal.trap.rawValue: self = .interrupted
        case 128: self = .group(Signal(rawValue: signal))
        default: self = .other(event)
        }
    }

    /// The signal that must be handed on when the thread is let go, so that it is not lost.
    package var pendingSignal: Signal? {
        guard case .signal(let signal) = self else { return nil }
        return signal
    }
}
