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
        SpecialSection(name: "__bug_table", type: "bug_entry", usualSize: 12),
        SpecialSection(name: "__ex_table", type: "exception_table_entry", usualSize: 12),
        SpecialSection(name: ".altinstructions", type: "alt_instr", usualSize: 12),
        SpecialSection(name: ".parainstructions", type: "paravirt_patch_site", usualSize: 16),
        SpecialSection(name: ".smp_locks", usualSize: 4),
        SpecialSection(name: "__jump_table", type: "jump_entry", usualSize: 16),
        SpecialSection(name: ".static_call_sites", type: "static_call_site", usualSize: 8),
        SpecialSection(name: ".call_sites", usualSize: 4),
        SpecialSection(name: ".return_sites", usualSize: 4),
        SpecialSection(name: ".retpoline_sites", usualSize: 4),
        SpecialSection(name: ".ibt_endbr_seal", usualSize: 4),
        SpecialSection(name: ".cfi_sites", usualSize: 4),
        SpecialSection(name: "__mcount_loc", usualSize: 8),
        SpecialSection(name: "__patchable_function_entries", usualSize: 8),
        SpecialSection(name: ".orc_unwind_ip", usualSize: 4),
        SpecialSection(name: ".orc_unwind", type: "orc_entry", usualSize: 6, subject: .companion(".orc_unwind_ip")),
    ]

    /// The section of a name; nil for any other.
    init?(named name: String) {
        guard let known = Self.all.first(where: { $0.name == name }) else { return nil }
        self = known
    }

    private init(name: String, type: String? = nil, usualSize: Int, subject: Subject = .code) {
        self.name = name
        self.type = type
        self.usualSize = usualSize
        self.subject = subject
    }
}

/// How large the records of special sections are in one kernel.
package struct RecordSizes: Sendable, Equatable {
    /// What is known, by section.
    private var sizes: [String: Int] = [:]

    package init() {}

    /// The size of a section's records.
    subscript(section: SpecialSection) -> Int { sizes[section.name] ?? section.usualSize }

    /// Takes what the kernel's own types say.
    package mutating func learn(fromTypes sizeOfType: (String) -> Int?) {
        for section in SpecialSection.all {
            guard let type = section.type, let size = sizeOfType(type), size > 0 else { continue }
            sizes[section.name] = size
        }
    }

    /// States the size of a section's records; false if there is no such section, or none can be so large.
    package mutating func state(_ size: Int, of name: String) -> Bool {
        guard SpecialSection(named: name) != nil, 1...256 ~= size else { return false }
        sizes[name] = size
        return true
    }
}
