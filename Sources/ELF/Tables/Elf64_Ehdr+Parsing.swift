// SPDX-License-Identifier: Apache-2.0

extension Elf64_Ehdr {
    /// Reads the header of a file or of a mapped image and refuses what is not 64-bit little-endian x86-64.
    ///
    /// The identification is judged before anything else, so that a file of another kind is refused for what it is
    /// and not because it is shorter than the header of this kind.
    init(parsing bytes: RawSpan) throws(ELFError) {
        // "\u{7f}ELF" as a little-endian number.
        guard bytes.record(UInt32.self, at: 0) == 0x464c_457f else { throw .notELF }
        let fileClass: UInt8 = try bytes.record(at: UInt64(EI_CLASS), of: .fileHeader)
        guard fileClass == ELFCLASS64 else { throw .unsupportedClass(fileClass) }
        let byteOrder: UInt8 = try bytes.record(at: UInt64(EI_DATA), of: .fileHeader)
        guard byteOrder == ELFDATA2LSB else { throw .unsupportedByteOrder(byteOrder) }
        let version: UInt8 = try bytes.record(at: UInt64(EI_VERSION), of: .fileHeader)
        guard version == EV_CURRENT else { throw .unsupportedVersion(UInt32(version)) }
        self = try bytes.record(at: 0, of: .fileHeader)
        guard e_version == EV_CURRENT else { throw .unsupportedVersion(e_version) }
        guard e_machine == EM_X86_64 else { throw .unsupportedMachine(Machine(rawValue: e_machine)) }
    }
}
