// SPDX-License-Identifier: Apache-2.0

package import JSON
package import LivePatch
package import UpdateFramework

/// Why a patch could not be put into a repository, or not be read there.
package enum CatalogueError: Error, Sendable {
    /// A product or a distribution with characters that names may not have.
    case badName(String)
    /// The file is no live patch.
    case notAPatch(ArtefactError)
    /// A patch of a kernel has no proof that it passed in a virtual machine.
    case notProved
    /// The patch is there already, with the same contents.
    case present(TargetPath)
    /// No role has the target.
    case noSuchTarget(TargetPath)
    /// What the repository says of a patch, or of revocations, has not the form that it should.
    case badField(String)
    /// The list of revocations is no document that this program reads.
    case badRevocations(reason: String)
    /// The repository has no role for revocations.
    case noRevocations
    /// The patch is revoked already, or is not.
    case nothingToChange(ArtefactID)
    /// What the repository refuses.
    case repository(RepositoryError)
}

extension CatalogueError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badName(let name):
            "\(name) cannot be a product or a distribution: names have small letters, digits, and . + - after the first"
        case .notAPatch(let error): "it is no live patch: \(error)"
        case .notProved:
            "a patch of a kernel is published with the proof that it passed in a virtual machine, and this one has none: "
                + "run kaketsugi-build prove on it"
        case .present(let path): "\(path) is published already, with the same contents"
        case .noSuchTarget(let path): "no role has a target \(path)"
        case .badField(let field): "what the repository says is refused: \(field) is missing, or not what it should be"
        case .badRevocations(let reason): "the list of revocations is refused: \(reason)"
        case .noRevocations: "the repository has no role for revocations"
        case .nothingToChange(let patch): "nothing to change: patch \(patch.short) is in the state that was asked for"
        case .repository(let error): "\(error)"
        }
    }
}

extension CatalogueError: JSONFieldError {
    /// A field is not there.
    package static func missing(field: String) -> Self { .badField(field) }
    /// A field is of another kind.
    package static func wrongKind(field: String, expected: JSONValue.Kind, found: JSONValue.Kind) -> Self {
        .badField(field)
    }
    /// A field has a value that it cannot have.
    package static func badValue(field: String, value: String) -> Self { .badField(field) }
}
