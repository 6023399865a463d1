// SPDX-License-Identifier: Apache-2.0

import ELF

/// Asks every question that this module answers about some bytes; refusals are fine, traps are not.
func exercise(_ bytes: [UInt8]) {
    _ = BuildID(notes: bytes)
    _ = BuildID(notes: bytes, alignment: 8)
    if let image = try? LoadedImage(firstBytes: bytes), let bias = image.loadBias(mappedAt: 0x7f00_0000_0000) {
        for segment in image.segments { _ = image.addresses(of: segment, loadBias: bias) }
    }
    let file: ObjectFile
    do {
        file = try ObjectFile(parsing: bytes)
    } catch {
        _ = error.description
        return
    }
    for section in file.sections {
        _ = try? file.relocations(of: section.index)
        _ = section.bytes(at: section.size, count: 1)
        _ = file.section(at: section.link)
    }
    for symbol in file.symbols + file.dynamicSymbols {
        _ = file.bytes(atAddress: symbol.value, count: Int(truncatingIfNeeded: symbol.size))
    }
}
