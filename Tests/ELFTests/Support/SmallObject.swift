// SPDX-License-Identifier: Apache-2.0

/// The smallest object file with everything in it: one function `f` of one byte, and one relocation.
enum SmallObject {
    /// The offset of a section's header.
    static func header(ofSection index: Int) -> Int { 0xb8 + 64 * index }

    /// Its bytes.
    static func bytes() throws -> [UInt8] {
        try ELFTests.bytes(
            hexadecimal: """
                # 0x00: Elf64_Ehdr
                7f 45 4c 46 02 01 01 00             # e_ident: magic, 64 bits, little-endian, version 1, System V
                00 00 00 00 00 00 00 00             #          padding
                01 00                               # e_type: ET_REL
                3e 00                               # e_machine: EM_X86_64
                01 00 00 00                         # e_version: EV_CURRENT
                00 00 00 00 00 00 00 00             # e_entry: none
                00 00 00 00 00 00 00 00             # e_phoff: none
                b8 00 00 00 00 00 00 00             # e_shoff
                00 00 00 00                         # e_flags
                40 00                               # e_ehsize: 64
                00 00                               # e_phentsize: none
                00 00                               # e_phnum: none
                40 00                               # e_shentsize: 64
                06 00                               # e_shnum
                05 00                               # e_shstrndx

                # 0x40: .text, and padding
                c3 00 00 00 00 00 00 00             # ret

                # 0x48: .symtab
                00 00 00 00 00 00 00 00             # the null symbol
                00 00 00 00 00 00 00 00
                00 00 00 00 00 00 00 00
                01 00 00 00                         # st_name: f
                12                                  # st_info: STB_GLOBAL, STT_FUNC
                02                                  # st_other: STV_HIDDEN
                01 00                               # st_shndx: .text
                00 00 00 00 00 00 00 00             # st_value
                01 00 00 00 00 00 00 00             # st_size

                # 0x78: .rela.text
                00 00 00 00 00 00 00 00             # r_offset
                02 00 00 00 01 00 00 00             # r_info: symbol 1, R_X86_64_PC32
                fc ff ff ff ff ff ff ff             # r_addend: -4

                # 0x90: .strtab
                00 66 00                            # "", f
                # 0x93: .shstrtab, and padding
                00 2e 74 65 78 74 00                # 0x00 "", 0x01 .text
                2e 73 79 6d 74 61 62 00             # 0x07 .symtab
                2e 72 65 6c 61 00                   # 0x0f .rela
                2e 73 74 72 74 61 62 00             # 0x15 .strtab
                2e 6e 61 6d 65 73 00 00             # 0x1d .names

                # 0xb8: section 0, null
                00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
                00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
                00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
                00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00

                # 0xf8: section 1, .text
                01 00 00 00 01 00 00 00             # sh_name, sh_type: SHT_PROGBITS
                06 00 00 00 00 00 00 00             # sh_flags: SHF_ALLOC, SHF_EXECINSTR
                00 00 00 00 00 00 00 00             # sh_addr
                40 00 00 00 00 00 00 00             # sh_offset
                01 00 00 00 00 00 00 00             # sh_size
                00 00 00 00 00 00 00 00             # sh_link, sh_info
                10 00 00 00 00 00 00 00             # sh_addralign
                00 00 00 00 00 00 00 00             # sh_entsize

                # 0x138: section 2, .symtab
                07 00 00 00 02 00 00 00             # sh_name, sh_type: SHT_SYMTAB
                00 00 00 00 00 00 00 00             # sh_flags
                00 00 00 00 00 00 00 00             # sh_addr
                48 00 00 00 00 00 00 00             # sh_offset
                30 00 00 00 00 00 00 00             # sh_size
                04 00 00 00 01 00 00 00             # sh_link: .strtab, sh_info: first symbol that is not local
                08 00 00 00 00 00 00 00             # sh_addralign
                18 00 00 00 00 00 00 00             # sh_entsize

                # 0x178: section 3, .rela
                0f 00 00 00 04 00 00 00             # sh_name, sh_type: SHT_RELA
                40 00 00 00 00 00 00 00             # sh_flags: SHF_INFO_LINK
                00 00 00 00 00 00 00 00             # sh_addr
                78 00 00 00 00 00 00 00             # sh_offset
                18 00 00 00 00 00 00 00             # sh_size
                02 00 00 00 01 00 00 00             # sh_link: .symtab, sh_info: .text
                08 00 00 00 00 00 00 00             # sh_addralign
                18 00 00 00 00 00 00 00             # sh_entsize

                # 0x1b8: section 4, .strtab
                15 00 00 00 03 00 00 00             # sh_name, sh_type: SHT_STRTAB
                00 00 00 00 00 00 00 00             # sh_flags
                00 00 00 00 00 00 00 00             # sh_addr
                90 00 00 00 00 00 00 00             # sh_offset
                03 00 00 00 00 00 00 00             # sh_size
                00 00 00 00 00 00 00 00             # sh_link, sh_info
                01 00 00 00 00 00 00 00             # sh_addralign
                00 00 00 00 00 00 00 00             # sh_entsize

                # 0x1f8: section 5, .names
                1d 00 00 00 03 00 00 00             # sh_name, sh_type: SHT_STRTAB
                00 00 00 00 00 00 00 00             # sh_flags
                00 00 00 00 00 00 00 00             # sh_addr
                93 00 00 00 00 00 00 00             # sh_offset
                24 00 00 00 00 00 00 00             # sh_size
                00 00 00 00 00 00 00 00             # sh_link, sh_info
                01 00 00 00 00 00 00 00             # sh_addralign
                00 00 00 00 00 00 00 00             # sh_entsize
                """)
    }
}
