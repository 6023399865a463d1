// SPDX-License-Identifier: Apache-2.0

/// A section of records about places in code.
///
/// The kernel reads each as an array. A live patch has the records of its own functions, and no others.
struct SpecialSection: Hashable, Sendable {
    /// The section's name.
    var name: String
    /// The kernel's type of a record, by which types tell the size; nil if it is a number, whose size never changes.
    var type: String?
    /// The size of a record in the kernels of today, which is believed where nothing tells better.
    var usualSize: Int
    /// Where fields of a record may be relocated, by which the section itself tells the size: those behind the first,
    /// in each of the forms that there are.
    var fields: [Set<UInt64>]
    /// What the record's first field refers to.
    var subject: Subject = .code

    /// What tells which function a record belongs to.
    enum Subject: Hashable, Sendable {
        /// The first field of the record.
        case code
        /// The field at the same position of another section.
        case companion(String)
    }

    /// All that x86-64 kernels have; `arch/x86/kernel/vmlinux.lds.S`, `include/asm-generic/vmlinux.lds.h`.
    static let all: [SpecialSection] = [
        SpecialSection(name: "__bug_table", type: "bug_entry", usualSize: 12, fields: [[4, 8]]),
        SpecialSection(name: "__ex_table", type: "exception_table_entry", usualSize: 12, fields: [[4, 8]]),
        SpecialSection(name: ".altinstructions", type: "alt_instr", usualSize: 12, fields: [[4]]),
        SpecialSection(name: ".parainstructions", type: "paravirt_patch_site", usualSize: 16),
        SpecialSection(name: ".smp_locks", usualSize: 4),
        SpecialSection(name: "__jump_table", type: "jump_entry", usualSize: 16, fields: [[4, 8], [8, 16]]),
        SpecialSection(name: ".static_call_sites", type: "static_call_site", usualSize: 8, fields: [[4]]),
        SpecialSection(name: ".call_sites", usualSize: 4),
        SpecialSection(name: ".return_sites", usualSize: 4),
        SpecialSection(name: ".retpoline_sites", usualSize: 4),
        SpecialSection(name: ".ibt_endbr_seal", usualSize: 4),
        SpecialSection(name: ".cfi_sites", usualSize: 4),
        SpecialSection(name: "__mcount_loc", usualSize: 8),
        SpecialSection(name: "__patchable_function_entries", usualSize: 8),
        SpecialSection(name: ".orc_unwind_ip", usualSize: 4),
        SpecialSection(
            name: ".orc_unwind", type: "orc_entry", usualSize: 6,
            fields: [], subject: .companion(".orc_unwind_ip")),
    ]

    /// What code says to the kernel's own tool (objtool), which reads it and leaves it out; `include/linux/objtool.h`.
    ///
    /// Kernels with IBT let it look at whole modules, and so at live patches: without these it takes code behind a warning for
    /// code that is never run, and does not describe its stack.
    static let notes: [SpecialSection] =
        [
            SpecialSection(name: ".discard.unwind_hints", usualSize: 12),
            SpecialSection(name: ".discard.func_stack_frame_non_standard", usualSize: 8),
        ]
        + [
            "reachable", "unreachable", "retpoline_safe", "ignore_alts", "instr_begin", "instr_end", "noendbr",
            "ibt_endbr_noseal", "intra_function_calls", "validate_unret",
        ].map { SpecialSection(name: ".discard.\($0)", usualSize: 4) }

    /// Whether the tool alone reads it.
    var isNote: Bool { name.hasPrefix(".discard.") }

    /// The section of a name; nil for any other.
    init?(named name: String, among known: [SpecialSection] = all) {
        guard let known = known.first(where: { $0.name == name }) else { return nil }
        self = known
    }

    private init(
        name: String, type: String? = nil, usualSize: Int, fields: [Set<UInt64>] = [[]], subject: Subject = .code
    ) {
        self.name = name
        self.type = type
        self.usualSize = usualSize
        self.fields = fields
        self.subject = subject
    }

    /// Whether the last record may lack what only fills the room up to the next one.
    var mayEndEarly: Bool { name == ".parainstructions" }

    /// Whether a record may differ where the code is equal; the others follow from the code.
    var isCompared: Bool {
        switch name {
        case _ where isNote: false
        case ".orc_unwind", ".orc_unwind_ip", ".return_sites", ".retpoline_sites", ".call_sites", ".smp_locks",
            "__mcount_loc", "__patchable_function_entries", ".ibt_endbr_seal":
            false
        default: true
        }
    }
}
