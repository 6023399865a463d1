// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// The code that no thread may be in, or return to, while a switch is made.
///
/// At first a stack is read as what may be return addresses: every aligned word between the stack pointer and the end of
/// the stack. That finds too much (a stale word in a live frame), never too little; `StackWalk` tells the two apart.
package struct ActiveCode: Sendable {
    /// A run of code.
    package struct Run: Hashable, Sendable {
        /// Whose code it is.
        package var function: String
        /// The addresses.
        package var range: Range<RemoteAddress>
        /// Where a thread may be about to execute: nothing of the run has been executed, or only `endbr64`.
        package var safe: [RemoteAddress]
        /// Whether the last instruction is a call, whose return address lies behind the run.
        package var endsInCall: Bool
        /// Whether the address of the first byte counts as a return address, too.
        package var countsStart: Bool

        /// A run of code.
        package init(
            function: String, range: Range<RemoteAddress>, safe: [RemoteAddress], endsInCall: Bool, countsStart: Bool
        ) {
            self.function = function
            self.range = range
            self.safe = safe
            self.endsInCall = endsInCall
            self.countsStart = countsStart
        }
    }

    /// Code that is in use.
    package struct Use: Hashable, Sendable {
        /// Whose code it is.
        package var function: String
        /// The address within it that a thread executes or will return to.
        package var address: RemoteAddress
    }

    private let runs: [Run]
    private let lowest: UInt64
    private let width: UInt64

    /// Prepares the check of some runs of code.
    package init(_ runs: [Run]) {
        self.runs = runs
        lowest = runs.map(\.range.lowerBound.rawValue).min() ?? 0
        width = (runs.map(\.range.upperBound.rawValue).max() ?? 0) - lowest
    }

    /// What a thread at this instruction executes.
    package func use(at instruction: RemoteAddress) -> Use? {
        for run in runs where run.range.contains(instruction) && !run.safe.contains(instruction) {
            return Use(function: run.function, address: instruction)
        }
        return nil
    }

    /// What a stack with these words returns to; allocates nothing unless there is something.
    ///
    /// - Parameters:
    ///   - stack: Memory of a multiple of eight bytes, from an address that is a multiple of eight.
    ///   - interrupted: The stack pointer that a signal's frame has saved, if there is such a frame: where a handler
    ///     runs on a stack of its own, the interrupted one goes on there.
    /// - Returns: The first use, or nil if there is none.
    package func use(in stack: UnsafeRawBufferPointer, interrupted: inout RemoteAddress?) -> Use? {
        var offset = 0
        while offset + 8 <= stack.count {
            // Safety: eight bytes from `offset` on lie within the buffer, by the condition of the loop.
            let word = unsafe stack.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            // One comparison sorts out nearly all words.
            if word &- lowest <= width, let use = use(returningTo: RemoteAddress(word)) { return use }
            if word == Self.savedSegments, offset >= 24 {
                // Safety: 24 bytes before `offset` lie within the buffer.
                let saved = unsafe stack.loadUnaligned(fromByteOffset: offset - 24, as: UInt64.self)
                interrupted = RemoteAddress(saved)
            }
            offset += 8
        }
        return nil
    }

    /// The segment registers as a signal's frame has them, `cs` 0x33 and `ss` 0x2b around two zeros, three words behind
    /// the stack pointer (`struct sigcontext_64`).
    private static let savedSegments: UInt64 = 0x002b_0000_0000_0033

    /// What a thread with this return address will go on with.
    func use(returningTo address: RemoteAddress) -> Use? {
        for run in runs {
            let inside = address > run.range.lowerBound && address < run.range.upperBound
            let first = run.countsStart && address == run.range.lowerBound
            let behind = run.endsInCall && address == run.range.upperBound
            if inside || first || behind { return Use(function: run.function, address: address) }
        }
        return nil
    }
}

extension ActiveCode {
    /// Whether code may end in a call: its function never comes back, and the return address lies behind the run.
    ///
    /// Instructions have no marks at their ends, so every encoding of a call that fits is taken for one.
    package static func mayEndInCall(_ code: some BidirectionalCollection<UInt8>) -> Bool {
        let tail = Array(code.suffix(7))
        /// Whether `count` bytes before the end begin with `ff /2`, perhaps behind a REX prefix.
        func isIndirect(_ count: Int) -> Bool {
            tail.count >= count && tail[tail.count - count] == 0xff && tail[tail.count - count + 1] & 0x38 == 0x10
        }
        return tail.count >= 5 && tail[tail.count - 5] == 0xe8 || [2, 3, 4, 6, 7].contains(where: isIndirect)
    }
}
