// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A message in the kernel's log.
package struct KernelMessage: Hashable, Sendable {
    /// Its number, one more than that of the message before.
    package let sequence: UInt64
    /// What it says.
    package let text: String

    /// A message.
    package init(sequence: UInt64, text: String) {
        self.sequence = sequence
        self.text = text
    }

    /// Reads a record of `/dev/kmsg` (Linux: Documentation/ABI/testing/dev-kmsg); nil for anything else.
    init?(record: some Collection<UInt8>) {
        let parts = record.split(separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let fields = parts[0].split(separator: UInt8(ascii: ","))
        guard fields.count >= 2, let sequence = UInt64(String(decoding: fields[1], as: UTF8.self)) else { return nil }
        // Further lines are a dictionary.
        let text = parts[1].prefix { $0 != UInt8(ascii: "\n") }
        self.init(sequence: sequence, text: String(decoding: text, as: UTF8.self))
    }

    /// All messages that the kernel still has, the oldest first.
    ///
    /// - Throws: The `open` or `read` that failed.
    package static func all() throws(SystemError) -> [KernelMessage] {
        let path = "/dev/kmsg"
        // Safety: the string lives for the call, which only reads it.
        let file = OwnedDescriptor(try checked("open", on: .path(path), unsafe clinux_open_without_blocking(path)))
        var messages: [KernelMessage] = []
        // A record is shorter: CONSOLE_EXT_LOG_MAX.
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            let count: Int
            do throws(SystemError) {
                // Safety: the buffer has as many writable bytes as the call is told.
                count = try retryingSystemCall("read", on: .path(path)) {
                    unsafe buffer.withUnsafeMutableBytes { unsafe read(file.rawValue, $0.baseAddress, $0.count) }
                }
            } catch {
                // Messages were lost before they were read; the next read goes on behind them.
                if error.number == .brokenPipe { continue }
                guard error.number == .again else { throw error }
                return messages
            }
            guard count > 0 else { return messages }
            if let message = KernelMessage(record: buffer[..<count]) { messages.append(message) }
        }
    }
}
