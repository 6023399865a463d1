// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase, OneCasePerLine (the specification's own names)

/// What an attribute says; DWARF 5, table 7.5, and GNU's own, as far as this module reads them.
enum DW_AT: UInt64 {
    case sibling = 0x01, location = 0x02, name = 0x03, byte_size = 0x0b, bit_offset = 0x0c, bit_size = 0x0d
    case stmt_list = 0x10, low_pc = 0x11, high_pc = 0x12, language = 0x13, comp_dir = 0x1b, const_value = 0x1c
    case `inline` = 0x20, lower_bound = 0x22, producer = 0x25, prototyped = 0x27, upper_bound = 0x2f
    case abstract_origin = 0x31, artificial = 0x34, count = 0x37, data_member_location = 0x38, declaration = 0x3c
    case encoding = 0x3e, external = 0x3f, specification = 0x47, type = 0x49, entry_pc = 0x52, ranges = 0x55
    case call_column = 0x57, call_file = 0x58, call_line = 0x59, containing_type = 0x1d, object_pointer = 0x64
    case signature = 0x69, data_bit_offset = 0x6b, const_expr = 0x6c, linkage_name = 0x6e, str_offsets_base = 0x72
    case addr_base = 0x73, rnglists_base = 0x74, dwo_name = 0x76, alignment = 0x88, export_symbols = 0x89
    case MIPS_linkage_name = 0x2007, GNU_vector = 0x2107, GNU_dwo_name = 0x2130, GNU_dwo_id = 0x2131
    case GNU_ranges_base = 0x2132, GNU_addr_base = 0x2133
}
