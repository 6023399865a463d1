// SPDX-License-Identifier: Apache-2.0

/// A sample edited by a fuzzer's input: three bytes are an edit, two of which say where, and one what.
func edited(_ sample: [UInt8], by input: [UInt8]) -> [UInt8] {
    var file = sample
    for edit in stride(from: 0, to: input.count - 2, by: 3) {
        file[(Int(input[edit]) << 8 | Int(input[edit + 1])) % file.count] = input[edit + 2]
    }
    return file
}
