// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// What a section of a relocatable object file means to a patch.
enum SectionRole: Hashable {
    /// Machine code.
    case code
    /// Constants that the linker merges by content; only the content has meaning.
    case mergeable
    /// Read-only data, those that the dynamic linker relocates included.
    case constant
    /// Data that the program writes.
    case variable
    /// Data of which every thread has its own.
    case threadLocal
    /// Pointers to functions that run when the patch is applied or reverted, as the author's header states them.
    case hooks(Manifest.Hook.Moment)
    /// Something that a patch cannot carry.
    case unsupported(UnsupportedContent)
    /// Nothing that is in memory when the program runs, or only unwind tables and notes.
    case ignored
}

extension SectionRole {
    init(_ section: Section) {
        guard section.flags.contains(.allocate), section.size > 0 else {
            self = .ignored
            return
        }
        if section.name == ".eh_frame" || section.name.hasPrefix(".note") {
            self = .ignored
        } else if let moment = Self.moment(of: section) {
            self = .hooks(moment)
        } else if section.flags.contains(.tls) {
            self = .threadLocal
        } else if section.name.hasPrefix(".gcc_except_table")
            || section.name.contains(UnitObject.indirectPrefix)
        {
            self = .constant
        } else if Self.holdsConstructors(section) {
            self = .unsupported(.constructors)
        } else if section.flags.contains(.execute) {
            self = section.name.hasPrefix(".text") ? .code : .unsupported(.other)
        } else if section.flags.contains(.merge) {
            self = .mergeable
        } else {
            self = Self.data(section)
        }
    }

    /// What a patch cannot bring, if the section is such.
    var unsupportedContent: UnsupportedContent? {
        switch self {
        case .unsupported(let content): content
        case .threadLocal: .threadLocal
        case .code, .mergeable, .constant, .variable, .hooks, .ignored: nil
        }
    }

    private static func data(_ section: Section) -> SectionRole {
        if section.name.hasPrefix(".data.rel.ro") || section.name.hasPrefix(".rodata") { return .constant }
        if section.name.hasPrefix(".data") || section.name.hasPrefix(".bss") { return .variable }
        return .unsupported(.other)
    }

    private static func moment(of section: Section) -> Manifest.Hook.Moment? {
        guard section.name.hasPrefix(hookPrefix) else { return nil }
        return Manifest.Hook.Moment(rawValue: String(section.name.dropFirst(hookPrefix.count)))
    }

    private static let hookPrefix = ".kaketsugi.hooks."

    private static func holdsConstructors(_ section: Section) -> Bool {
        [".init_array", ".fini_array", ".preinit_array", ".ctors", ".dtors"].contains { section.name.hasPrefix($0) }
    }
}
