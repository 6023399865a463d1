// SPDX-License-Identifier: Apache-2.0

/// A kernel as a boot loader gets it (Documentation/x86/boot.rst), with vmlinux packed in it.
struct BootImage {
    /// The packed vmlinux, with the size of what it unpacks to behind it.
    let payload: ArraySlice<UInt8>

    /// Finds the payload.
    ///
    /// - Throws: ``KernelRefusal/malformedKernel(file:reason:)``.
    init(parsing bytes: [UInt8], path: String) throws(KernelRefusal) {
        func number(_ offset: Int, _ count: Int) -> Int {
            bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        guard bytes.count > 0x250, bytes[0x202..<0x206].elementsEqual("HdrS".utf8), number(0x206, 2) >= 0x208 else {
            throw .malformedKernel(file: path, reason: "not a kernel for x86 with a boot protocol of 2.08 or newer")
        }
        let sectors = number(0x1f1, 1)
        let start = ((sectors == 0 ? 4 : sectors) + 1) * 512 + number(0x248, 4)
        let count = number(0x24c, 4)
        guard start <= bytes.count, count <= bytes.count - start, count > 8 else {
            throw .malformedKernel(file: path, reason: "the packed kernel does not lie within the file")
        }
        payload = bytes[start..<start + count]
    }

    /// The tool that unpacks it, with its arguments; nil for LZ4, which is unpacked here, and for what is unknown.
    var unpacker: (tool: Tool, arguments: [String])? {
        let known: [([UInt8], Tool, [String])] = [
            ([0xfd, 0x37, 0x7a, 0x58, 0x5a], Tool(name: "xz", package: "xz-utils"), ["--single-stream", "-dc"]),
            ([0x1f, 0x8b], Tool(name: "gzip", package: "gzip"), ["-dc"]),
            ([0x28, 0xb5, 0x2f, 0xfd], Tool(name: "zstd", package: "zstd"), ["-dc"]),
        ]
        return known.first { payload.starts(with: $0.0) }.map { ($0.1, $0.2) }
    }

    /// No vmlinux is larger.
    static let limit = 1 << 30
}
