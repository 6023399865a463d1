// SPDX-License-Identifier: Apache-2.0

import ELF
import Testing

@testable import PatchBuilder

/// What the linker leaves of a field, by the relaxations of the x86-64 psABI, B.2.
@Suite struct RelocatedFieldTests {
    /// A field at 0x1003 of an instruction that begins with the given bytes, and what it says of its symbol.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var type: RelocationType
        var built: [UInt8]
        var shipped: [UInt8]
        var value: FieldValue?
    }

    static let cases = [
        Case(
            testDescription: "call stays", type: .plt32, built: [0, 0, 0xe8, 0, 0, 0, 0],
            shipped: [0, 0, 0xe8, 0x10, 0, 0, 0], value: .address(address(0x1017))),
        Case(
            testDescription: "distance backwards", type: .pc32, built: [0, 0, 0xe8, 0, 0, 0, 0],
            shipped: [0, 0, 0xe8, 0xf0, 0xff, 0xff, 0xff], value: .address(address(0xff7))),
        Case(
            testDescription: "slot stays a slot", type: .rexGOTPCRELX, built: [0x48, 0x8b, 0x05, 0, 0, 0, 0],
            shipped: [0x48, 0x8b, 0x05, 0x10, 0, 0, 0], value: .slot(address(0x1017))),
        Case(
            testDescription: "mov becomes lea", type: .rexGOTPCRELX, built: [0x48, 0x8b, 0x05, 0, 0, 0, 0],
            shipped: [0x48, 0x8d, 0x05, 0x10, 0, 0, 0], value: .address(address(0x1017))),
        Case(
            testDescription: "indirect call becomes direct", type: .gotpcrelx, built: [0, 0xff, 0x15, 0, 0, 0, 0],
            shipped: [0, 0x67, 0xe8, 0x10, 0, 0, 0], value: .address(address(0x1017))),
        Case(
            testDescription: "indirect jump becomes direct, one byte earlier", type: .gotpcrelx,
            built: [0, 0xff, 0x25, 0, 0, 0, 0], shipped: [0, 0xe9, 0x10, 0, 0, 0, 0x90],
            value: .address(address(0x1016))),
        Case(
            testDescription: "bytes that no relaxation makes", type: .gotpcrelx, built: [0, 0xff, 0x15, 0, 0, 0, 0],
            shipped: [0, 0x90, 0x90, 0x10, 0, 0, 0], value: nil),
        Case(
            testDescription: "thread-local offset", type: .gotTLSThreadOffset, built: [0x48, 0x8b, 0x05, 0, 0, 0, 0],
            shipped: [0x48, 0x8b, 0x05, 0x10, 0, 0, 0], value: nil),
    ]

    private static func address(_ value: UInt64) -> TargetAddress { TargetAddress(rawValue: value) }

    @Test(arguments: cases)
    func `a field tells where its symbol is`(field: Case) {
        let relocation = Relocation(offset: 3, type: field.type, symbol: SymbolIndex(rawValue: 1), addend: -4)
        let padding: [UInt8] = [0, 0, 0, 0]
        let relocated = RelocatedField(
            relocation: relocation, address: Self.address(0x1003), shipped: field.shipped + padding,
            built: field.built + padding)
        #expect(relocated.value() == field.value)
    }
}
