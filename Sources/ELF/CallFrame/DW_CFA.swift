// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase (the specification's own names)

/// The operations of call frame programs; DWARF 5, table 7.29.
///
/// The first three have an operand in their low six bits.
let DW_CFA_advance_loc: UInt8 = 0x40, DW_CFA_offset: UInt8 = 0x80, DW_CFA_restore: UInt8 = 0xc0
let DW_CFA_nop: UInt8 = 0x00, DW_CFA_set_loc: UInt8 = 0x01, DW_CFA_advance_loc1: UInt8 = 0x02
let DW_CFA_advance_loc2: UInt8 = 0x03, DW_CFA_advance_loc4: UInt8 = 0x04, DW_CFA_offset_extended: UInt8 = 0x05
let DW_CFA_restore_extended: UInt8 = 0x06, DW_CFA_undefined: UInt8 = 0x07, DW_CFA_same_value: UInt8 = 0x08
let DW_CFA_register: UInt8 = 0x09, DW_CFA_remember_state: UInt8 = 0x0a, DW_CFA_restore_state: UInt8 = 0x0b
let DW_CFA_def_cfa: UInt8 = 0x0c, DW_CFA_def_cfa_register: UInt8 = 0x0d, DW_CFA_def_cfa_offset: UInt8 = 0x0e
let DW_CFA_def_cfa_expression: UInt8 = 0x0f, DW_CFA_expression: UInt8 = 0x10
let DW_CFA_offset_extended_sf: UInt8 = 0x11, DW_CFA_def_cfa_sf: UInt8 = 0x12, DW_CFA_def_cfa_offset_sf: UInt8 = 0x13
let DW_CFA_val_offset: UInt8 = 0x14, DW_CFA_val_offset_sf: UInt8 = 0x15, DW_CFA_val_expression: UInt8 = 0x16
/// The size of the arguments on the stack, which unwinding past a call does not need.
let DW_CFA_GNU_args_size: UInt8 = 0x2e

/// The operations of expressions that tables of x86-64 code use; DWARF 5, table 7.9.
let DW_OP_deref: UInt8 = 0x06, DW_OP_const1u: UInt8 = 0x08, DW_OP_const1s: UInt8 = 0x09, DW_OP_const2u: UInt8 = 0x0a
let DW_OP_const2s: UInt8 = 0x0b, DW_OP_const4u: UInt8 = 0x0c, DW_OP_const4s: UInt8 = 0x0d, DW_OP_const8u: UInt8 = 0x0e
let DW_OP_consts: UInt8 = 0x11, DW_OP_dup: UInt8 = 0x12, DW_OP_drop: UInt8 = 0x13, DW_OP_swap: UInt8 = 0x16
let DW_OP_and: UInt8 = 0x1a, DW_OP_minus: UInt8 = 0x1c, DW_OP_mul: UInt8 = 0x1e, DW_OP_neg: UInt8 = 0x1f
let DW_OP_not: UInt8 = 0x20, DW_OP_or: UInt8 = 0x21, DW_OP_plus: UInt8 = 0x22, DW_OP_shl: UInt8 = 0x24
let DW_OP_shr: UInt8 = 0x25, DW_OP_shra: UInt8 = 0x26, DW_OP_xor: UInt8 = 0x27, DW_OP_eq: UInt8 = 0x29
let DW_OP_ge: UInt8 = 0x2a, DW_OP_gt: UInt8 = 0x2b, DW_OP_le: UInt8 = 0x2c, DW_OP_lt: UInt8 = 0x2d,
    DW_OP_ne: UInt8 = 0x2e
let DW_OP_lit0: UInt8 = 0x30, DW_OP_lit31: UInt8 = 0x4f, DW_OP_breg0: UInt8 = 0x70, DW_OP_breg16: UInt8 = 0x80

/// How pointers are written; LSB 5, 10.5.1: a format in the low four bits, what they are relative to in the next three.
let DW_EH_PE_absptr: UInt8 = 0x00, DW_EH_PE_uleb128: UInt8 = 0x01, DW_EH_PE_udata2: UInt8 = 0x02
let DW_EH_PE_udata4: UInt8 = 0x03, DW_EH_PE_udata8: UInt8 = 0x04, DW_EH_PE_sleb128: UInt8 = 0x09
let DW_EH_PE_sdata2: UInt8 = 0x0a, DW_EH_PE_sdata4: UInt8 = 0x0b, DW_EH_PE_sdata8: UInt8 = 0x0c
let DW_EH_PE_pcrel: UInt8 = 0x10, DW_EH_PE_datarel: UInt8 = 0x30, DW_EH_PE_indirect: UInt8 = 0x80
