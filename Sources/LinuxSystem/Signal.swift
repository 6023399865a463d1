// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A signal's number: an open set, since real-time signals have no names.
package struct Signal: RawRepresentable, Hashable, Sendable {
    /// The number, as in `signal.h`.
    package let rawValue: Int32

    /// The signal with this number.
    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// `SIGTRAP`.
    package static let trap = Signal(rawValue: SIGTRAP)
    /// `SIGSTOP`.
    package static let stop = Signal(rawValue: SIGSTOP)
    /// `SIGTERM`.
    package static let terminate = Signal(rawValue: SIGTERM)
    /// `SIGHUP`.
    package static let hangUp = Signal(rawValue: SIGHUP)
    /// `SIGKILL`.
    package static let kill = Signal(rawValue: SIGKILL)

    /// The signals that an instruction raises in its own thread.
    ///
    /// Who blocks one of them is ended by it, and loses its handler (`kernel/signal.c`, force_sig_info_to_task).
    package static let synchronous = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS].map(Signal.init)

    /// The signal's bit in a set of signals.
    package var bit: UInt64 { 1 << UInt64(max(1, min(rawValue, 64)) - 1) }
}

extension Signal: CustomStringConvertible {
    /// The name, or the number of a signal that is not raised by a program's own fault.
    package var description: String {
        switch rawValue {
        case SIGSEGV: "SIGSEGV"
        case SIGBUS: "SIGBUS"
        case SIGILL: "SIGILL"
        case SIGFPE: "SIGFPE"
        case SIGTRAP: "SIGTRAP"
        case SIGSYS: "SIGSYS"
        case SIGABRT: "SIGABRT"
        case SIGSTOP: "SIGSTOP"
        case SIGKILL: "SIGKILL"
        default: "signal \(rawValue)"
        }
    }
}
