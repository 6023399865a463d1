// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import ProcessPatcher
import Testing

@Suite struct ActiveCodeTests {
    let code = ActiveCode([
        ActiveCode.Run(
            function: "f", range: RemoteAddress(0x1000)..<RemoteAddress(0x1040),
            safe: [RemoteAddress(0x1000), RemoteAddress(0x1004)], endsInCall: false, countsStart: false),
        ActiveCode.Run(
            function: "g", range: RemoteAddress(0x2000)..<RemoteAddress(0x2010), safe: [], endsInCall: true,
            countsStart: true),
    ])

    @Test(
        arguments: [
            (0xfff, nil), (0x1000, nil), (0x1001, "f"), (0x1004, nil), (0x1005, "f"), (0x103f, "f"), (0x1040, nil),
            (0x2000, "g"), (0x200f, "g"), (0x2010, nil),
        ] as [(UInt64, String?)])
    func `a thread in the middle of a function uses it`(instruction: UInt64, function: String?) {
        #expect(code.use(at: RemoteAddress(instruction))?.function == function)
    }

    @Test(
        arguments: [
            (0, nil), (0xfff, nil), (0x1000, nil), (0x1001, "f"), (0x1004, "f"), (0x103f, "f"), (0x1040, nil),
            (0x1fff, nil), (0x2000, "g"), (0x200f, "g"), (0x2010, "g"), (0x2011, nil), (.max, nil),
        ] as [(UInt64, String?)])
    func `a word on a stack that may be a return address uses the function`(word: UInt64, function: String?) {
        for position in [0, 1, 7] {
            var stack = [UInt64](repeating: 0x5555, count: 8)
            stack[position] = word
            // Safety: the buffer is the array's.
            var interrupted: RemoteAddress?
            let use = unsafe stack.withUnsafeBytes { unsafe code.use(in: $0, interrupted: &interrupted) }
            #expect(use?.function == function)
            #expect(interrupted == nil)
        }
    }

    @Test func `the stack pointer that a signal's frame has saved is found`() {
        let stack: [UInt64] = [1, 2, 0x7ffc_0000_1000, 0x1000, 0x246, 0x002b_0000_0000_0033, 6]
        var interrupted: RemoteAddress?
        // Safety: the buffer is the array's.
        let use = unsafe stack.withUnsafeBytes { unsafe code.use(in: $0, interrupted: &interrupted) }
        #expect(use == nil, "at its first instruction a function is not in use")
        #expect(interrupted == RemoteAddress(0x7ffc_0000_1000))
    }

    @Test(
        arguments: [
            ([0xe8, 1, 2, 3, 4], true), ([0x90, 0xff, 0xd0], true), ([0x41, 0xff, 0xd4], true),
            ([0xff, 0x15, 1, 2, 3, 4], true), ([0xff, 0x53, 8], true), ([0xff, 0x94, 0x24, 1, 2, 3, 4], true),
            ([0xc3], false), ([], false), ([0xff, 0xe0], false), ([0xe9, 1, 2, 3, 4], false), ([0x0f, 0x0b], false),
        ] as [([UInt8], Bool)])
    func `a call at the end of a function is seen`(bytes: [UInt8], expected: Bool) {
        #expect(ActiveCode.mayEndInCall(bytes) == expected)
    }
}
