// SPDX-License-Identifier: Apache-2.0

extension Elf64_Ehdr {
    /// Reads the header of a file or of a mapped image and refuses what is not 64-bit little-endian x86-64.
    ///
    /// The identification is judged before anything else, so that a file of another kind is refused for what it is
    /// and not because it is shorter than the header of this kind.
    init(parsing bytes: RawSpan) throws(ELFError) {
        // "\u{7f}ELF" as a little-endian number.
        guard bytes.record(UInt32.self, at: 0) == 0x464c_457f else { throw .notELF }
        let identification: InlineArray<16, UInt8> = try bytes.identification()
        guard identification[EI_CLASS] == ELFCLASS64 else { throw .unsupportedClass(identification[EI_CLASS]) }
        guard identification[EI_DATA] == ELFDATA2LSB else { throw .unsupportedByteOrder(identification[EI_DATA]) }
        guard identification[EI_VERSION] == EV_CURRENT else {
            throw .unsupportedVersion(UInt32(identification[EI_VERSION]))
        }
        self = try bytes.record(at: 0, of: .fileHeader)
        guard e_version == EV_CURRENT else { throw .unsupportedVersion(e_version) }
        guard e_machine == EM_X86_64 else { throw .unsupportedMachine(Machine(rawValue: e_machine)) }
    }
}

extension RawSpan {
    /// The first 16 bytes of a file, `e_ident`.
    fileprivate func identification() throws(ELFError) -> InlineArray<16, UInt8> {
        guard byteCount >= 16 else {
            throw .truncated(.fileHeader, offset: 0, needed: 16, available: UInt64(byteCount))
        }
        var identification = InlineArray<16, UInt8>(repeating: 0)
        for position in identification.indices {
            // Safety: position < 16 <= byteCount, and every byte is a valid UInt8.
            identification[position] = unsafe unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
        }
        return identification
    }
}
