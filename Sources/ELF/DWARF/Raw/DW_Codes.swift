// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase (the specification's own names)

/// What a unit holds, from version 5 on; DWARF 5, table 7.2.
let DW_UT_compile: UInt8 = 1, DW_UT_type: UInt8 = 2, DW_UT_partial: UInt8 = 3, DW_UT_skeleton: UInt8 = 4
let DW_UT_split_compile: UInt8 = 5, DW_UT_split_type: UInt8 = 6

/// How a base type's bits are understood; DWARF 5, table 7.11.
let DW_ATE_address: UInt64 = 1, DW_ATE_boolean: UInt64 = 2, DW_ATE_complex_float: UInt64 = 3, DW_ATE_float: UInt64 = 4
let DW_ATE_signed: UInt64 = 5, DW_ATE_signed_char: UInt64 = 6, DW_ATE_unsigned: UInt64 = 7
let DW_ATE_unsigned_char: UInt64 = 8, DW_ATE_imaginary_float: UInt64 = 9, DW_ATE_decimal_float: UInt64 = 15
let DW_ATE_UTF: UInt64 = 16

/// Entries of a range list, from version 5 on; DWARF 5, table 7.30.
let DW_RLE_end_of_list: UInt8 = 0, DW_RLE_base_addressx: UInt8 = 1, DW_RLE_startx_endx: UInt8 = 2
let DW_RLE_startx_length: UInt8 = 3, DW_RLE_offset_pair: UInt8 = 4, DW_RLE_base_address: UInt8 = 5
let DW_RLE_start_end: UInt8 = 6, DW_RLE_start_length: UInt8 = 7

/// The only operation by which a member's place is computed that is a constant; DWARF 5, 2.5.1.4.
let DW_OP_plus_uconst: UInt8 = 0x23
/// A constant address, the place of a variable with static storage.
let DW_OP_addr: UInt8 = 0x03, DW_OP_addrx: UInt8 = 0xa1, DW_OP_constu: UInt8 = 0x10

/// The length that says that offsets have eight bytes and that the length follows; DWARF 5, 7.4.
let DW_LENGTH_64: UInt32 = 0xffff_ffff
