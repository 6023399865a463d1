// SPDX-License-Identifier: Apache-2.0
// fuzz-modules: ELF
// fuzz-sources: Tests/ELFTests/Support/Exercise.swift

/// Reads any bytes as an ELF file, as an image in memory and as notes; refusals are fine, traps are not.
@c(LLVMFuzzerTestOneInput)
public func fuzzELF(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    exercise(Array(unsafe UnsafeBufferPointer(start: start, count: count)))
    return 0
}
