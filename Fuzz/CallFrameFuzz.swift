// SPDX-License-Identifier: Apache-2.0
// fuzz-modules: ELF

import ELF

/// Reads any bytes as call frame information, as a target's memory could hold it, and unwinds by it.
@c(LLVMFuzzerTestOneInput)
public func fuzzCallFrames(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    guard let selector = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    // Near both ends of the address space sums and differences overflow.
    let address: UInt64 = selector & 1 == 0 ? 0x40_0000 : UInt64(bitPattern: -4096)
    if let index = CallFrameIndex(bytes, at: address) {
        for instruction in [0, address, address &+ 4096, .max] { _ = index.entry(for: instruction) }
    }
    let half = min(bytes.count, Int(selector >> 1))
    guard let common = CallFrameCommon(Array(bytes.prefix(half)), at: address) else { return 0 }
    let rest = Array(bytes.dropFirst(half))
    _ = CallFrameEntry.common(of: rest, at: address)
    guard let entry = CallFrameEntry(rest, at: address &+ UInt64(half), common: common) else { return 0 }
    var registers = CallFrameRegisters()
    for register in 0..<CallFrameRegisters.count where selector & 2 == 0 || register % 3 > 0 {
        registers[register] = UInt64(register) << 60 | 0x7000
    }
    for offset in [0, 1, entry.size / 2, entry.size &- 1] {
        guard let row = CallFrameRow(at: entry.start &+ offset, in: entry) else { continue }
        _ = row.isOutermost
        _ = row.caller(of: registers, isSignalFrame: common.isSignalFrame) { $0 & 8 == 0 ? $0 : nil }
    }
    return 0
}
