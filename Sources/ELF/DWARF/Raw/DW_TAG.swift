// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase, OneCasePerLine (the specification's own names)

/// What an entry of the debugging information describes; DWARF 5, table 7.3, and GNU's own.
enum DW_TAG: UInt64 {
    case array_type = 0x01, class_type = 0x02, entry_point = 0x03, enumeration_type = 0x04, formal_parameter = 0x05
    case imported_declaration = 0x08, label = 0x0a, lexical_block = 0x0b, member = 0x0d, pointer_type = 0x0f
    case reference_type = 0x10, compile_unit = 0x11, string_type = 0x12, structure_type = 0x13
    case subroutine_type = 0x15, typedef = 0x16, union_type = 0x17, unspecified_parameters = 0x18, variant = 0x19
    case inheritance = 0x1c, inlined_subroutine = 0x1d, module = 0x1e, ptr_to_member_type = 0x1f, set_type = 0x20
    case subrange_type = 0x21, base_type = 0x24, const_type = 0x26, enumerator = 0x28, file_type = 0x29
    case packed_type = 0x2d, subprogram = 0x2e, template_type_parameter = 0x2f, template_value_parameter = 0x30
    case variant_part = 0x33, variable = 0x34, volatile_type = 0x35, restrict_type = 0x37, interface_type = 0x38
    case namespace = 0x39, imported_module = 0x3a, unspecified_type = 0x3b, partial_unit = 0x3c
    case imported_unit = 0x3d, condition = 0x3f, shared_type = 0x40, type_unit = 0x41, rvalue_reference_type = 0x42
    case template_alias = 0x43, coarray_type = 0x44, generic_subrange = 0x45, dynamic_type = 0x46
    case atomic_type = 0x47, call_site = 0x48, call_site_parameter = 0x49, skeleton_unit = 0x4a
    case immutable_type = 0x4b, GNU_call_site = 0x4109
}
