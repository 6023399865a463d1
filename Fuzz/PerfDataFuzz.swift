// SPDX-License-Identifier: Apache-2.0
// fuzz-modules: PerfData

import PerfData

/// Reads any bytes as a profile, or as the records of one, and writes it with other names.
@c(LLVMFuzzerTestOneInput)
public func fuzzProfile(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safety: the fuzzer gives `count` bytes that live until this function returns.
    let input = Array(unsafe UnsafeBufferPointer(start: start, count: count))
    guard let selector = input.first else { return 0 }
    var file = Array(input.dropFirst())
    if selector & 1 == 0 {
        // Magic number and sizes that nobody would guess; no section, or one with a place of its own.
        let sections = selector & 2 == 0 || file.count < 16 ? 0 : 16
        file =
            Array("PERFILE2".utf8) + bytes(104) + bytes(144) + bytes(0) + bytes(0) + bytes(104)
            + bytes(UInt64(file.count - sections)) + bytes(0) + bytes(0) + bytes(sections == 0 ? 0 : 8)
            + [UInt8](repeating: 0, count: 24) + file
    }
    exercise(file, isRegular: selector & 4 == 0)
    return 0
}

private func bytes(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }

private func exercise(_ file: [UInt8], isRegular: Bool) {
    do {
        let profile = try PerfDataFile(parsing: file.span.bytes)
        let mappings = try profile.anonymousMappings()
        var renamings: [RecordedMapping.Place: PerfDataFile.Renaming] = [:]
        for mapping in mappings {
            let shape = PatchShape(
                name: mapping.name, size: 0x3000, text: 0x1000..<0x2000, stub: isRegular ? 0x2000..<0x3000 : nil)
            for memory in shape.memories(among: mappings) {
                for (place, offset) in memory.places(among: mappings) {
                    renamings[place] = PerfDataFile.Renaming(path: "/patch", offset: offset)
                }
            }
            renamings[mapping.place] = PerfDataFile.Renaming(path: "/a/longer/name", offset: 0)
        }
        var copy: [UInt8] = []
        try profile.copy(renaming: renamings) { bytes in copy += bytes }
        // What was written is a profile again, in which nothing is left to be renamed.
        let left = try PerfDataFile(parsing: copy.span.bytes).anonymousMappings()
        precondition(left.isEmpty)
    } catch {}
}
