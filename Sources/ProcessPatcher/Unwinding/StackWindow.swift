// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// A part of a stack, read at once, so that single words need no calls.
struct StackWindow {
    private var start: UInt64
    private var bytes: [UInt8]

    /// How much is read at once.
    private static let size = 16 << 10

    /// Reads from a stack pointer on.
    init(from stackPointer: RemoteAddress, _ memory: borrowing ProcessMemory) {
        start = stackPointer.rawValue
        bytes = (try? memory.readAvailable(Self.size, at: stackPointer)) ?? []
    }

    /// The word at an address, or nil if it cannot be read.
    mutating func word(at address: UInt64, _ memory: borrowing ProcessMemory) -> UInt64? {
        if let word = word(at: address) { return word }
        self = StackWindow(from: RemoteAddress(address), memory)
        return word(at: address)
    }

    private func word(at address: UInt64) -> UInt64? {
        let offset = address &- start
        guard bytes.count >= 8, offset <= UInt64(bytes.count - 8) else { return nil }
        return number(bytes[Int(offset)..<Int(offset) + 8])
    }
}
