// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// Why a repository could not be written, or a key not be used.
package enum RepositoryError: Error, Sendable {
    /// A key did not sign.
    case signing(key: KeyID, reason: String)
    /// The key is none of those whose signatures count.
    case notASigner(key: KeyID)
    /// The role has no such key.
    case noSuchKey(key: KeyID, role: RoleName)
    /// The role has the key already.
    case keyInUse(key: KeyID, role: RoleName)
    /// Fewer keys than the threshold.
    case tooFewKeys(role: RoleName, keys: Int, threshold: Int)
    /// Too few signatures, by the keys of some version of the root.
    case notComplete(role: RoleName, valid: Int, threshold: Int)
    /// A version number can go no further.
    case noNextVersion(role: RoleName)
    /// Not the metadata that it should be.
    case malformed(MetadataError)
    /// No key file, or one whose settings nobody should use.
    case badKeyFile(reason: String)
    /// Another passphrase, or a key file that was changed.
    case wrongPassphrase
    /// Other contents have this name, which has a version in it, already.
    case alreadyPublished(file: String)
    /// A file that others refer to is not there.
    case missing(file: String)
    /// A name that cannot be that of a file.
    case unusableName(String)
    /// A file could not be read or written.
    case storage(SystemError)
}

extension RepositoryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .signing(let key, let reason): "key \(key) did not sign: \(reason)"
        case .notASigner(let key): "key \(key) is none of those whose signatures count here"
        case .noSuchKey(let key, let role): "role \(quoted(role.text)) has no key \(key)"
        case .keyInUse(let key, let role): "role \(quoted(role.text)) has key \(key) already"
        case .tooFewKeys(let role, let keys, let threshold):
            "role \(quoted(role.text)) would have \(keys) keys and need the signatures of \(threshold)"
        case .notComplete(let role, let valid, let threshold):
            "metadata of \(quoted(role.text)) has \(valid) signatures that count, and needs \(threshold)"
        case .noNextVersion(let role): "metadata of \(quoted(role.text)) has the last version number there is"
        case .malformed(let error): "the metadata is refused: \(error)"
        case .badKeyFile(let reason): "the key file is refused: \(reason)"
        case .wrongPassphrase: "the passphrase is wrong, or the key file was changed"
        case .alreadyPublished(let file):
            "\(quoted(file)) is published with other contents; hosts may have it, so give the new ones a new version"
        case .missing(let file): "\(quoted(file)) is missing, and other files refer to it"
        case .unusableName(let name): "\(quoted(name)) cannot be the name of a file"
        case .storage(let error): "\(error)"
        }
    }
}
