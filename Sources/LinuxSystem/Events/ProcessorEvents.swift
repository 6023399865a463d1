// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// What the kernel tells of processors that are switched on or off (`kobject_uevent`).
///
/// It is told in all network namespaces of the machine's own user namespace. `inotify(7)` tells nothing of `/sys`.
final class ProcessorEvents: Sendable {
    let socket: OwnedDescriptor

    private static let longestMessage = 4096

    /// Opens the events.
    ///
    /// - Throws: The call that failed.
    init() throws(SystemError) {
        socket = OwnedDescriptor(try checked("NETLINK_KOBJECT_UEVENT", clinux_open_device_events()))
    }

    /// Takes out what has been told so far.
    ///
    /// - Returns: Whether some of it is of a processor, or was lost.
    func read() throws(SystemError) -> Bool {
        var isConcerned = false
        var message = [UInt8](repeating: 0, count: Self.longestMessage)
        while true {
            // Safety: the call writes within the array, which is as long as it is told.
            let result = unsafe message.withUnsafeMutableBytes { buffer in
                unsafe clinux_next_kernel_message(socket.rawValue, buffer.baseAddress, buffer.count)
            }
            switch -result {
            case EAGAIN: return isConcerned
            case EINTR: continue
            case ENOBUFS: isConcerned = true
            default:
                let count = try checked("recvfrom", result)
                if Self.isOfProcessor(message.prefix(Int(count))) { isConcerned = true }
            }
        }
    }

    /// Whether a message tells that a processor was switched on or off: it begins with `ACTION@PATH` and a zero byte.
    static func isOfProcessor(_ message: some Collection<UInt8>) -> Bool {
        let words = message.prefix { $0 != 0 }.split(separator: UInt8(ascii: "@"), maxSplits: 1)
        guard words.count == 2, words[0].elementsEqual("online".utf8) || words[0].elementsEqual("offline".utf8) else {
            return false
        }
        let folder = "/devices/system/cpu/cpu"
        let number = words[1].dropFirst(folder.utf8.count)
        return words[1].starts(with: folder.utf8) && !number.isEmpty
            && number.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
