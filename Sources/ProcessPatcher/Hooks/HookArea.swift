// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// The memory in which hooks run, at the end of a patch's region: code, a page that is never written to, a stack, and
/// what a thread must get back.
///
/// Only the patches that have hooks have it. Its pages cost nothing until a hook runs.
struct HookArea: Hashable, Sendable {
    /// Its first address.
    let start: RemoteAddress

    private static let page: UInt64 = 4096
    /// What a hook may use: as much as a thread of many servers has, and more than a repair should need.
    private static let stackSize: UInt64 = 64 << 10
    /// Room for the extended state: AVX-512 needs 2.7 kB, AMX 11 kB.
    static let stateSize: UInt64 = 16 << 10
    /// The length of the whole area.
    static let size = 3 * page + stackSize + stateSize

    /// The area at the end of a region.
    init(endOf region: Range<RemoteAddress>) {
        start = region.upperBound.advanced(by: 0 &- Self.size)
    }

    /// Where the ``HookStub`` lies, executable.
    var code: Range<RemoteAddress> { start..<start.advanced(by: Self.page) }
    /// What is written to: a page behind the code stays read-only, so that a stack that is too small is noticed.
    var writable: Range<RemoteAddress> { start.advanced(by: 2 * Self.page)..<start.advanced(by: Self.size) }
    /// The stack.
    var stack: Range<RemoteAddress> { writable.lowerBound..<writable.lowerBound.advanced(by: Self.stackSize) }
    /// Where a ``HookFrame`` lies.
    var frame: RemoteAddress { stack.upperBound }
    /// Where the extended state is saved, aligned to 64 bytes as `XSAVE` wants it.
    var state: RemoteAddress { frame.advanced(by: Self.page) }

    /// Whether a thread with these registers runs a hook.
    func contains(_ registers: Registers) -> Bool {
        // An empty stack's pointer is its upper bound.
        code.contains(registers.instructionPointer)
            || registers.stackPointer > stack.lowerBound && registers.stackPointer <= stack.upperBound
    }

    /// The calls that give the area's pages their protection.
    var protection: [RemoteCall] { [.makeExecutable(code), .makeWritable(writable)] }
}
