// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What a section of a kernel object is to the differ.
enum KernelSectionRole: Hashable {
    /// Functions that stay in memory.
    case code
    /// Pieces of code without a name that functions jump to out of their line, and that jump back: `.fixup`.
    case fragments
    /// Code or data that the kernel frees when it has started, or runs when a module goes: `__init`, `__exit`.
    case initialization
    /// Constants that the linker merges: strings, and numbers of a fixed size.
    case merged
    /// Data that nobody writes.
    case constants
    /// Variables, each processor's included.
    case variables
    /// Records about places in code, one of which belongs to one function.
    case special(SpecialSection)
    /// The code that alternatives are replaced with; their records lead to it.
    case replacements
    /// A table that the kernel or the module loader walks as a whole.
    case table
    /// What is neither loaded nor needed by a live patch.
    case ignored
}

extension KernelSectionRole {
    /// The role of a section, by its name and flags.
    init(_ section: Section) {
        guard section.flags.contains(.allocate) else {
            self = .ignored
            return
        }
        let name = section.name
        if let special = SpecialSection(named: name) {
            self = .special(special)
        } else if name == ".altinstr_replacement" {
            self = .replacements
        } else if Self.isIgnored(name) {
            self = .ignored
        } else if [".init.", ".exit.", ".meminit.", ".memexit.", ".initcall"].contains(where: name.hasPrefix) {
            self = .initialization
        } else if section.flags.contains(.execute) {
            self = Self.fragmentSections.contains(name) ? .fragments : .code
        } else if section.flags.contains(.merge), section.entrySize > 0 {
            self = .merged
        } else if name.hasPrefix(".rodata") || name.hasPrefix(".data.rel.ro") {
            self = .constants
        } else if [".data", ".bss", ".ref.data"].contains(where: name.hasPrefix)
            || Self.debugMessageSections.contains(name)
        {
            self = .variables
        } else {
            self = .table
        }
    }

    /// Whether the section is divided into pieces that have names.
    var hasPieces: Bool {
        switch self {
        case .code, .fragments, .initialization, .constants, .variables, .table: true
        case .merged, .special, .replacements, .ignored: false
        }
    }

    /// Whether the section holds data that code refers to.
    var isData: Bool { self == .constants || self == .variables }

    /// include/linux/dynamic_debug.h: a descriptor for each message; `__verbose` until 5.8.
    static let debugMessageSections: Set<String> = ["__dyndbg", "__verbose"]

    /// arch/x86/include/asm: what extable, cpufeature and refcount macros put aside.
    private static let fragmentSections: Set<String> = [".fixup", ".altinstr_aux", ".text..refcount"]

    /// Sections that say something to tools and loaders only, and that no code of a live patch depends on.
    private static func isIgnored(_ name: String) -> Bool {
        let prefixes = [
            ".discard.", ".note", ".modinfo", ".printk_index", "_error_injection_whitelist", "_kprobe_blacklist",
            ".eh_frame", ".comment", "__versions",
        ]
        // What `.BTF_ids` has is read by code.
        return name == ".BTF" || name == ".BTF.ext" || name.hasPrefix(".llvm.") || AuthorSection.isOne(name)
            || prefixes.contains(where: name.hasPrefix)
    }
}
