// SPDX-License-Identifier: Apache-2.0
// fuzz-modules: ELF
// fuzz-sources: Tests/ELFTests/Support/ExerciseDebugInformation.swift

import ELF

/// The sections that any bytes are cut into, in this order.
private let names = [
    ".debug_info", ".debug_abbrev", ".debug_str", ".debug_line_str", ".debug_str_offsets", ".debug_addr",
    ".debug_rnglists", ".debug_ranges", ".debug_types",
]

/// Reads any bytes as debugging information; refusals are fine, traps are not.
///
/// They are an object file, or else the sections that the information needs, each behind its length of two bytes.
@c(LLVMFuzzerTestOneInput)
public func fuzzDWARF(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    if let file = try? ObjectFile(parsing: input) {
        exerciseDebugInformation(of: file)
        return 0
    }
    // Of type executable, so that nothing is expected to be relocated.
    var writer = ObjectWriter(type: .executable)
    var rest = input[...]
    for name in names {
        guard let low = rest.popFirst(), let high = rest.popFirst() else { break }
        let contents = rest.prefix(Int(low) | Int(high) << 8)
        rest = rest.dropFirst(contents.count)
        _ = writer.add(SectionDraft(name: name, contents: Array(contents)))
    }
    if let bytes = try? writer.write(), let file = try? ObjectFile(parsing: bytes) {
        exerciseDebugInformation(of: file)
    }
    return 0
}
