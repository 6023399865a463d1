// SPDX-License-Identifier: Apache-2.0

/// A section's attributes.
package struct SectionFlags: OptionSet, Hashable, Sendable {
    /// The value of `sh_flags`.
    package let rawValue: UInt64

    /// Wraps a value of `sh_flags`.
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Writable at run time.
    package static let write = SectionFlags(rawValue: SHF_WRITE)
    /// In memory at run time.
    package static let allocate = SectionFlags(rawValue: SHF_ALLOC)
    /// Machine instructions.
    package static let execute = SectionFlags(rawValue: SHF_EXECINSTR)
    /// Equal entries may be merged by the linker.
    package static let merge = SectionFlags(rawValue: SHF_MERGE)
    /// Zero-terminated strings.
    package static let strings = SectionFlags(rawValue: SHF_STRINGS)
    /// `info` is a section's index.
    package static let infoLink = SectionFlags(rawValue: SHF_INFO_LINK)
    /// Ordered as the section that `link` names.
    package static let linkOrder = SectionFlags(rawValue: SHF_LINK_ORDER)
    /// Member of a section group.
    package static let group = SectionFlags(rawValue: SHF_GROUP)
    /// Thread-local data.
    package static let tls = SectionFlags(rawValue: SHF_TLS)
    /// The contents are compressed.
    package static let compressed = SectionFlags(rawValue: SHF_COMPRESSED)
    /// Kept even if nothing refers to it.
    package static let retain = SectionFlags(rawValue: SHF_GNU_RETAIN)
    /// May lie farther than 2 GiB away.
    package static let large = SectionFlags(rawValue: SHF_X86_64_LARGE)
    /// Left out by the linker.
    package static let exclude = SectionFlags(rawValue: SHF_EXCLUDE)
}
