// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// The part of a ``HookArea`` in which unwinders are told of a patch's tables: for each of them what it is told, and what
/// it keeps of it.
///
/// It stays as it is for as long as the patch's memory: unwinders link what they keep into lists of their own.
struct UnwindArea: Hashable, Sendable {
    private let area: HookArea

    /// How many unwinders a process may have: gcc's shared one, and one that is linked into the target.
    static let unwinders = 2

    /// In the page of the ``HookFrame``, behind it.
    private static let busyOffset: UInt64 = 1024
    private static let slotsOffset: UInt64 = 2048
    private static let slotSize: UInt64 = 1024
    /// In the page of the ``HookStub``, behind it.
    private static let codeOffset: UInt64 = 2048

    /// The fields of a slot.
    private enum Field: UInt64 {
        /// The unwinder's `__register_frame_info`.
        case function = 0
        /// The same, once the unwinder has the tables.
        case registered = 8
        /// The tables.
        case tables = 16
        /// What the unwinder keeps (`struct object`, at most 64 bytes so far).
        case object = 64
    }

    /// The part of an area.
    init(in area: HookArea) { self.area = area }

    /// Not 0 from before a thread is sent into the area until it is known to have left.
    var busy: RemoteAddress { area.frame.advanced(by: Self.busyOffset) }
    /// The code that tells an unwinder.
    var code: RemoteAddress { area.code.lowerBound.advanced(by: Self.codeOffset) }

    private func address(_ field: Field, ofSlot slot: Int) -> RemoteAddress {
        area.frame.advanced(by: Self.slotsOffset + UInt64(slot) * Self.slotSize + field.rawValue)
    }

    /// Where it is noted that an unwinder has the tables.
    func registered(inSlot slot: Int) -> RemoteAddress { address(.registered, ofSlot: slot) }

    /// What an unwinder has the address of as long as it knows of the tables.
    func object(inSlot slot: Int) -> RemoteAddress { address(.object, ofSlot: slot) }

    /// What must lie in a slot, and where, before ``code(forSlot:)`` runs.
    func arguments(
        _ function: RemoteAddress, _ tables: RemoteAddress, inSlot slot: Int
    ) -> (address: RemoteAddress, bytes: [UInt8]) {
        (
            address(.function, ofSlot: slot),
            littleEndian(function.rawValue) + littleEndian(UInt64(0)) + littleEndian(tables.rawValue)
        )
    }

    /// The same before ``withdrawal(fromSlot:)``: only the function, `__deregister_frame_info`.
    func argument(_ function: RemoteAddress, inSlot slot: Int) -> (address: RemoteAddress, bytes: [UInt8]) {
        (address(.function, ofSlot: slot), littleEndian(function.rawValue))
    }

    /// A function without parameters that tells the unwinder of a slot, notes that, and returns 0.
    func code(forSlot slot: Int) -> [UInt8] {
        var code = Self.prologue
        code += instruction([0x48, 0x8b, 0x3d], .tables, slot, at: code.count)  // mov …, %rdi
        code += instruction([0x48, 0x8d, 0x35], .object, slot, at: code.count)  // lea …, %rsi
        code += instruction([0xff, 0x15], .function, slot, at: code.count)  // call *…
        code += instruction([0x48, 0x8b, 0x05], .function, slot, at: code.count)  // mov …, %rax
        code += instruction([0x48, 0x89, 0x05], .registered, slot, at: code.count)  // mov %rax, …
        return code + Self.epilogue
    }

    /// A function without parameters that has the unwinder of a slot give the tables up, notes that, and returns 0.
    func withdrawal(fromSlot slot: Int) -> [UInt8] {
        var code = Self.prologue
        code += instruction([0x48, 0x8b, 0x3d], .tables, slot, at: code.count)  // mov …, %rdi
        code += instruction([0xff, 0x15], .function, slot, at: code.count)  // call *…
        code += [0x31, 0xc0]  // xor %eax, %eax
        code += instruction([0x48, 0x89, 0x05], .registered, slot, at: code.count)  // mov %rax, …
        return code + Self.epilogue
    }

    /// `endbr64; sub $8, %rsp`.
    private static let prologue: [UInt8] = [0xf3, 0x0f, 0x1e, 0xfa, 0x48, 0x83, 0xec, 0x08]
    /// `xor %eax, %eax; add $8, %rsp; ret`.
    private static let epilogue: [UInt8] = [0x31, 0xc0, 0x48, 0x83, 0xc4, 0x08, 0xc3]

    /// An instruction that ends with the distance to a field.
    private func instruction(_ bytes: [UInt8], _ field: Field, _ slot: Int, at offset: Int) -> [UInt8] {
        let end = code.advanced(by: UInt64(offset + bytes.count) + 4)
        return bytes + littleEndian(Int32(truncatingIfNeeded: end.distance(to: address(field, ofSlot: slot))))
    }
}
