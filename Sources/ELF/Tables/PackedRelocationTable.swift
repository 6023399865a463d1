// SPDX-License-Identifier: Apache-2.0

/// Relative relocations in the packed form of `SHT_RELR`: an address, then bitmaps of the words that follow it.
package struct PackedRelocationTable: ~Escapable {
    private let words: RecordTable<UInt64>

    @_lifetime(copy words)
    init(_ words: RecordTable<UInt64>) {
        self.words = words
    }

    /// Calls a function with the address of each word to relocate, in the order of the table.
    ///
    /// - Parameter body: what to do with an address.
    /// - Throws: what the function throws, and `ELFError.brokenChain` if the addresses do not ascend, which also keeps
    ///   a small table from standing for more words than the file has.
    func forEachAddress(_ body: (UInt64) throws(ELFError) -> Void) throws(ELFError) {
        var next: UInt64 = 0
        for index in words.indices {
            let word = words[index]
            var covered: UInt64
            if word & 1 == 0 {
                guard word >= next else { throw broken(at: index) }
                try body(word)
                covered = 8
                next = word
            } else {
                // Bit n, from 1 on, stands for the word n - 1 words after the last one covered.
                covered = 63 * 8
                var bits = word >> 1
                while bits != 0 {
                    let (address, overflow) = next.addingReportingOverflow(UInt64(bits.trailingZeroBitCount) * 8)
                    guard !overflow else { throw broken(at: index) }
                    try body(address)
                    bits &= bits - 1
                }
            }
            let (end, overflow) = next.addingReportingOverflow(covered)
            guard !overflow else { throw broken(at: index) }
            next = end
        }
    }

    private func broken(at index: Int) -> ELFError {
        .brokenChain(.dynamic(DynamicTag(rawValue: DT_RELR)), offset: UInt64(index) * 8)
    }
}
