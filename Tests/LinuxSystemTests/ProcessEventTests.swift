// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LinuxSystem

/// Messages of the process connector, as the kernel sends them.
@Suite struct ProcessEventTests {
    private static let time: UInt64 = 0x2970_ca4f_02c7
    private static let instant = MonotonicInstant(nanoseconds: time)

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// A message of 76 bytes, whatever it tells.
    private static func message(_ what: UInt32, _ data: [UInt32]) -> [UInt8] {
        // Length, type, flags, sequence, port.
        var message = bytes(UInt32(76)) + bytes(UInt16(3)) + bytes(UInt16(0)) + bytes(UInt32(1)) + bytes(UInt32(0))
        // Index, value, sequence, acknowledged, length, flags.
        message += bytes(UInt32(1)) + bytes(UInt32(1)) + bytes(UInt32(9)) + bytes(UInt32(0)) + bytes(UInt16(40))
        message += bytes(UInt16(0)) + bytes(what) + bytes(UInt32(1)) + bytes(time)
        for number in data { message += bytes(number) }
        return message + [UInt8](repeating: 0, count: 76 - message.count)
    }

    @Test(
        arguments: [
            (0, [0], .acknowledged(nil)),
            (0, [1], .acknowledged(.notPermitted)),
            // Thread and process of the parent, and of the child.
            (
                1, [25295, 25294, 25335, 25335],
                .forked(ProcessID(rawValue: 25294), child: ProcessID(rawValue: 25335), at: instant)
            ),
            (1, [25295, 25294, 25336, 25294], nil),
            (2, [25335, 25335], .executed(ProcessID(rawValue: 25335), at: instant)),
            (2, [25336, 25335], .executed(ProcessID(rawValue: 25335), at: instant)),
            (4, [25335, 25335, 0, 0], nil),
            (0x8000_0000, [25335, 25335, 17, 17], nil),
        ] as [(UInt32, [UInt32], ProcessEvent?)])
    func `a message tells of a program or of a child, and of nothing else`(
        what: UInt32, data: [UInt32], event: ProcessEvent?
    ) {
        #expect(ProcessEvent(parsing: Self.message(what, data)) == event)
    }

    @Test func `what is no message of the connector tells nothing`() {
        let good = Self.message(2, [25335, 25335])
        for count in 0..<60 { #expect(ProcessEvent(parsing: Array(good.prefix(count))) == nil) }
        for (offset, byte) in [(0, 51), (0, 200), (1, 1), (16, 2), (20, 2)] as [(Int, UInt8)] {
            var other = good
            other[offset] = byte
            #expect(ProcessEvent(parsing: other) == nil, "\(offset)")
        }
    }

    @Test func `any byte may be anything`() {
        for index in 0..<76 {
            for byte: UInt8 in [0, 0x7f, 0x80, 0xff] {
                for what: UInt32 in [0, 1, 2] {
                    var message = Self.message(what, [.max, .max, .max, .max])
                    message[index] = byte
                    _ = ProcessEvent(parsing: message)
                }
            }
        }
    }
}
