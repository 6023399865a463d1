// SPDX-License-Identifier: Apache-2.0

/// Telling by its first bytes whether a file can be a target.
enum ELFFile {
    /// Whether the bytes begin a program or shared object for x86-64.
    static func isTarget(_ bytes: some Collection<UInt8>) -> Bool {
        // ELF gABI, “ELF Header”: class at 4, data at 5, e_type at 16, e_machine at 18.
        let header = Array(bytes.prefix(20))
        guard header.count == 20, header.starts(with: magic), header[4] == 2, header[5] == 1 else { return false }
        let type = UInt16(header[16]) | UInt16(header[17]) << 8
        let machine = UInt16(header[18]) | UInt16(header[19]) << 8
        return (type == 2 || type == 3) && machine == 62
    }

    /// Whether the bytes begin any ELF file or an archive of them: something that a build made.
    static func isBuildProduct(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: magic) || bytes.starts(with: Array("!<arch>\n".utf8))
    }

    private static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
}
