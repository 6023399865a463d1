// SPDX-License-Identifier: Apache-2.0

package import ELF
package import JSON

/// Why a file is not a live patch, or a live patch cannot be written.
package enum ArtefactError: Error, Hashable, Sendable {
    /// The file is no well-formed ELF file.
    case notELF(ELFError)
    /// The file is an ELF file without the section `.kaketsugi`.
    case notAnArtefact
    /// A later version of the layout.
    case unsupportedVersion(found: Int)
    /// The manifest is no JSON, or lacks a field.
    case badManifest(reason: String)
    /// The review document is no JSON, or lacks a field.
    case badReview(reason: String)
    /// More than an artefact may hold.
    case tooLarge(what: String, size: UInt64, limit: UInt64)
    /// Something lies outside what holds it.
    case outOfBounds(what: String, offset: UInt64, size: UInt64, limit: UInt64)
    /// A part of the image begins in the wrong place, or parts overlap.
    case badLayout(part: String, offset: UInt64)
    /// A relocation of a type that an artefact cannot carry.
    case badRelocation(type: String, section: String, offset: UInt64)
    /// A manifest field with a value outside its range.
    case badField(name: String, value: String)
    /// A replaced function that is shorter than the jump.
    case functionTooShort(name: String, size: UInt64, needed: UInt64)
    /// Two pieces of replaced functions share bytes.
    case overlappingPieces(first: String, second: String)
}

extension ArtefactError: JSONFieldError {
    package static func missing(field: String) -> Self { .badManifest(reason: "there is no field \(field)") }

    package static func wrongKind(field: String, expected: JSONValue.Kind, found: JSONValue.Kind) -> Self {
        let subject = field.isEmpty ? "the text" : field
        return .badManifest(reason: "\(subject) is no \(expected.rawValue), but of kind \(found.rawValue)")
    }

    package static func badValue(field: String, value: String) -> Self { .badField(name: field, value: value) }
}

extension ArtefactError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notELF(let error):
            "not a live patch (.mend): \(error)"
        case .notAnArtefact:
            "not a live patch (.mend): the ELF file has no section .kaketsugi"
        case .unsupportedVersion(let found):
            "the live patch has layout version \(found), this program reads \(Manifest.currentSchemaVersion); "
                + "use a newer kaketsugi"
        case .badManifest(let reason):
            "section .kaketsugi: the manifest cannot be read: \(reason)"
        case .badReview(let reason):
            "section .kaketsugi.review: the review cannot be read: \(reason)"
        case .tooLarge(let what, let size, let limit):
            "\(what) is \(size) long, a live patch may have \(limit)"
        case .outOfBounds(let what, let offset, let size, let limit):
            "\(what): \(size) bytes at offset \(hexadecimal(offset)) lie outside of \(hexadecimal(limit)) bytes"
        case .badLayout(let part, let offset):
            "section \(part): it may not begin at \(hexadecimal(offset))"
        case .badRelocation(let type, let section, let offset):
            "section \(section): relocation \(type) at offset \(hexadecimal(offset)) is not allowed in a live patch"
        case .badField(let name, let value):
            "section .kaketsugi: \(name) has the value \(value), which is out of range"
        case .functionTooShort(let name, let size, let needed):
            "function \(name) has \(size) bytes, and the jump to its replacement needs \(needed)"
        case .overlappingPieces(let first, let second):
            "functions \(first) and \(second) share bytes in the target"
        }
    }

    private func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
