// SPDX-License-Identifier: Apache-2.0

/// What the kernel's process connector tells.
package enum ProcessEvent: Hashable, Sendable {
    /// A process executes another program, of which nothing has run yet.
    case executed(ProcessID, at: MonotonicInstant)
    /// A process has a child, which has its mappings.
    case forked(ProcessID, child: ProcessID, at: MonotonicInstant)
    /// The kernel has understood what it was asked for; the error if it refuses.
    case acknowledged(ErrorNumber?)
    /// Events were lost, since nobody read them in time.
    case lost
}

extension ProcessEvent {
    /// Reads a message; nil for one that says nothing of interest, or makes no sense.
    ///
    /// `struct nlmsghdr` (length, type, flags, sequence, port), `struct cn_msg` (index, value, sequence, acknowledged, length,
    /// flags) and `struct proc_event` (what, processor, time, and what depends on the first): linux/netlink.h, connector.h,
    /// cn_proc.h.
    init?(parsing message: [UInt8]) {
        func number(_ offset: Int, _ size: Int = 4) -> UInt64 {
            message[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        func process(_ offset: Int) -> ProcessID { ProcessID(rawValue: Int32(truncatingIfNeeded: number(offset))) }
        guard message.count >= Self.data, number(0) >= UInt64(Self.data), number(0) <= UInt64(message.count),
            number(Self.index) == Self.processes, number(Self.value) == Self.processes
        else { return nil }
        let time = MonotonicInstant(nanoseconds: number(Self.time, 8))
        let size = min(message.count, Int(number(0))) - Self.data
        switch number(Self.what) {
        case Self.none:
            guard size >= 4 else { return nil }
            let error = ErrorNumber(rawValue: Int32(truncatingIfNeeded: number(Self.data)))
            self = .acknowledged(error.rawValue == 0 ? nil : error)
        case Self.fork:
            // Thread and process of the parent, and of the child, which is a new thread if they differ.
            guard size >= 16, process(Self.data + 8) == process(Self.data + 12) else { return nil }
            self = .forked(process(Self.data + 4), child: process(Self.data + 12), at: time)
        case Self.execute:
            guard size >= 8 else { return nil }
            self = .executed(process(Self.data + 4), at: time)
        default: return nil
        }
    }

    private static let index = 16
    private static let value = 20
    private static let what = 36
    private static let time = 44
    private static let data = 52
    /// `CN_IDX_PROC`, `CN_VAL_PROC`.
    private static let processes: UInt64 = 1
    private static let none: UInt64 = 0
    private static let fork: UInt64 = 1
    private static let execute: UInt64 = 2
}
