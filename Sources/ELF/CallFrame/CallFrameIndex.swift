// SPDX-License-Identifier: Apache-2.0

/// The index of a file's call frame information as it lies in a process (`.eh_frame_hdr`): for each function, where its
/// entry is; LSB 5, 10.6.2.
package struct CallFrameIndex: Sendable {
    private let bytes: [UInt8]
    private let address: UInt64
    private let table: Int
    private let count: Int

    /// Reads the head of an index; nil if it is not of the one form that linkers write.
    ///
    /// - Parameters:
    ///   - bytes: The segment `PT_GNU_EH_FRAME`.
    ///   - address: Where it lies in the process.
    package init?(_ bytes: [UInt8], at address: UInt64) {
        var cursor = CallFrameCursor(bytes, at: address)
        guard cursor.byte() == 1, let frames = cursor.byte(), let counts = cursor.byte(),
            cursor.byte() == DW_EH_PE_datarel | DW_EH_PE_sdata4, cursor.pointer(frames, base: address) != nil,
            let count = cursor.pointer(counts), count <= UInt64((bytes.count - cursor.position) / 8)
        else { return nil }
        self.bytes = bytes
        self.address = address
        self.count = Int(count)
        table = cursor.position
    }

    /// Where the entry lies that may be about an address: that of the last function which begins no later.
    package func entry(for instruction: UInt64) -> UInt64? {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if pointer(2 * middle) <= instruction { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? pointer(2 * low - 1) : nil
    }

    /// A number of the table, which `init` has found to be long enough.
    private func pointer(_ position: Int) -> UInt64 {
        let start = table + 4 * position
        let value = bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        return address &+ UInt64(bitPattern: Int64(Int32(bitPattern: value)))
    }
}
