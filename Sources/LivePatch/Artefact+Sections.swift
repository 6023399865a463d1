// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The names of an artefact's sections beside those of the image's parts.
enum SectionName {
    /// The manifest, as JSON.
    static let manifest = ".kaketsugi"
    /// The original bytes of the replaced pieces.
    static let original = ".original"
    /// The review document, as JSON.
    static let review = ".kaketsugi.review"
    /// The module of a kernel's patch.
    static let module = ".kaketsugi.module"
    /// What was seen when a kernel's patch was tried, as JSON.
    static let proof = ".kaketsugi.proof"
    /// The part of the data that is zero and not stored.
    static let zeros = ".bss"
}

extension Image.Protection {
    /// The name of the section that holds a part.
    var sectionName: String {
        switch self {
        case .text: ".text"
        case .readOnlyData: ".rodata"
        case .unwindTables: ".eh_frame"
        case .data: ".data"
        }
    }

    /// The section flags that say the same as the protection.
    var sectionFlags: SectionFlags {
        switch self {
        case .text: [.allocate, .execute]
        case .readOnlyData, .unwindTables: [.allocate]
        case .data: [.allocate, .write]
        }
    }
}

extension LoadRelocation.Kind {
    /// The relocation type of the x86-64 psABI.
    var type: RelocationType {
        switch self {
        case .relative32: .pc32
        case .absolute64: .absolute64
        case .absolute32Signed: .absolute32Signed
        case .absolute32: .absolute32
        }
    }

    /// The kind of a relocation type, or nil for one that an artefact cannot carry.
    init?(_ type: RelocationType) {
        switch type {
        case .pc32: self = .relative32
        case .absolute64: self = .absolute64
        case .absolute32Signed: self = .absolute32Signed
        case .absolute32: self = .absolute32
        default: return nil
        }
    }
}
