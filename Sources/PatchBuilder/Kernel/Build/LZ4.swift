// SPDX-License-Identifier: Apache-2.0

/// Unpacks the format in which kernels pack themselves with LZ4 (`lz4 -l`): blocks behind one magic number.
enum LZ4 {
    /// The first bytes of the format.
    static let magic: [UInt8] = [0x02, 0x21, 0x4c, 0x18]

    /// Unpacks; nil if the data are damaged, or larger than `limit`.
    ///
    /// What follows the last block is left out: the kernel's build appends the unpacked size.
    static func unpacked(_ data: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
        guard data.starts(with: magic) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(min(limit, data.count * 4))
        var rest = data.dropFirst(magic.count)
        while rest.count > 4 {
            let size = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            guard size > 0, size <= rest.count - 4 else { break }
            let block = rest.dropFirst(4).prefix(size)
            guard append(block, to: &output, limit: limit) else { return nil }
            rest = rest.dropFirst(4 + size)
        }
        return output
    }

    /// One block: literals and matches by turns; lz4_Block_format.md.
    private static func append(_ block: ArraySlice<UInt8>, to output: inout [UInt8], limit: Int) -> Bool {
        var position = block.startIndex
        func length(_ start: Int) -> Int? {
            var length = start
            guard start == 15 else { return length }
            while position < block.endIndex {
                let byte = block[position]
                position += 1
                length += Int(byte)
                guard length <= limit else { return nil }
                if byte < 255 { return length }
            }
            return nil
        }
        let begin = output.count
        while position < block.endIndex {
            let token = Int(block[position])
            position += 1
            guard let literals = length(token >> 4), literals <= block.endIndex - position,
                literals <= limit - output.count
            else { return false }
            output += block[position..<position + literals]
            position += literals
            if position == block.endIndex { return true }
            guard position + 2 <= block.endIndex else { return false }
            let distance = Int(block[position]) | Int(block[position + 1]) << 8
            position += 2
            guard let rest = length(token & 15), distance > 0, distance <= output.count - begin,
                rest + 4 <= limit - output.count
            else { return false }
            let start = output.count - distance
            // A match may reach into what it makes itself; a slice of it would copy all that there is.
            for offset in 0..<rest + 4 { output.append(output[start + offset]) }
        }
        return false
    }
}
