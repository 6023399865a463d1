// SPDX-License-Identifier: Apache-2.0

package import LivePatch
package import UpdateFramework

/// Why a patch could not be put into a repository, or not be read there.
package enum CatalogueError: Error, Sendable {
    /// A product or a distribution with characters that names may not have.
    case badName(String)
    /// The file is no live patch.
    case notAPatch(ArtefactError)
    /// The patch is there already, with the same contents.
    case present(TargetPath)
    /// No role has the target.
    case noSuchTarget(TargetPath)
    /// What a role says of a patch has not the form that it should.
    case badDescription(field: String)
    /// The list of revocations has not the form that it should.
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
        case .present(let path): "\(path) is published already, with the same contents"
        case .noSuchTarget(let path): "no role has a target \(path)"
        case .badDescription(let field): "the repository's description of the patch has no usable \(field)"
        case .badRevocations(let reason): "the list of revocations is refused: \(reason)"
        case .noRevocations: "the repository has no role for revocations"
        case .nothingToChange(let patch): "nothing to change: patch \(patch.short) is in the state that was asked for"
        case .repository(let error): "\(error)"
        }
    }
}
