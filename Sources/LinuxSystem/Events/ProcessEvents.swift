// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The kernel's process connector: it tells of every process that begins, and of every program that one executes.
///
/// It is there in the machine's own namespaces only, and needs CAP_NET_ADMIN before Linux 6.6. What is not read in time is lost, and it tells so.
package struct ProcessEvents: ~Copyable {
    private let socket: OwnedDescriptor

    /// How long the kernel is waited for; elsewhere than in the machine's own namespaces it does not answer at all.
    private static let patience = Duration.seconds(1)
    /// How many events are taken out at a time.
    private static let batch = 4096
    private static let longestMessage = 512

    /// Opens the events.
    ///
    /// - Parameter bufferSize: How many bytes of them the kernel keeps until they are read.
    /// - Throws: The call that failed: `EPERM` without the right to listen, `ENOSYS` where the kernel does not answer.
    package init(bufferSize: Int) throws(SystemError) {
        let socket = OwnedDescriptor(
            try checked("NETLINK_CONNECTOR", clinux_open_process_events(Int32(clamping: bufferSize))))
        try Self.awaitAnswer(from: socket)
        self.socket = socket
    }

    private static func awaitAnswer(from socket: borrowing OwnedDescriptor) throws(SystemError) {
        let end = MonotonicInstant.now.advanced(by: patience)
        while true {
            var answer: ProcessEvent?
            try read(from: socket) { event in
                if case .acknowledged = event { answer = event }
            }
            if case .acknowledged(let error) = answer {
                guard let error else { return }
                throw SystemError("NETLINK_CONNECTOR", error)
            }
            guard MonotonicInstant.now < end else { throw SystemError("NETLINK_CONNECTOR", .noSystemCall) }
            _ = try isReadable(socket, .milliseconds(20))
        }
    }

    deinit { clinux_end_process_events(socket.rawValue) }

    /// Waits until there are events, or something can be read from another descriptor, or time is over.
    ///
    /// - Returns: Whether something can be read from the other descriptor.
    package func wait(orFor other: borrowing OwnedDescriptor, atMost limit: Duration) throws(SystemError) -> Bool {
        try isReadable(other, among: [socket.rawValue], limit)
    }

    /// Takes out what has been told so far.
    package func read(_ body: (ProcessEvent) -> Void) throws(SystemError) { try Self.read(from: socket, body) }

    private static func read(
        from socket: borrowing OwnedDescriptor, _ body: (ProcessEvent) -> Void
    ) throws(SystemError) {
        for _ in 0..<batch {
            var message = [UInt8](repeating: 0, count: longestMessage)
            // Safety: the call writes within the array, which is as long as it is told.
            let result = unsafe message.withUnsafeMutableBytes { buffer in
                unsafe clinux_next_kernel_message(socket.rawValue, buffer.baseAddress, buffer.count)
            }
            switch -result {
            case EAGAIN: return
            case EINTR: continue
            case ENOBUFS: body(.lost)
            default:
                let count = try checked("recvfrom", result)
                if let event = ProcessEvent(parsing: Array(message.prefix(Int(count)))) { body(event) }
            }
        }
    }
}
