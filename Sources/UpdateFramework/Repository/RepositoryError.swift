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
    /// A bundle whose roots are not those of the repository, or not those that a key holder trusts.
    case otherRepository
    /// A first root where there is one already, or another one where there is none.
    case notTheFirst
    /// Metadata whose version does not follow what is published.
    case doesNotFollow(role: RoleName, published: Int64, found: Int64)
    /// Metadata that hosts would no longer take.
    case expired(role: RoleName, at: UpdateTime, now: UpdateTime)
    /// Two bundles that hold different metadata of a role.
    case otherChange(role: RoleName)
    /// A role whose signatures would no longer count, and which the bundle does not sign anew.
    case mustBeIssuedAgain(role: RoleName)
    /// A role to which nobody delegates.
    case notDelegated(role: RoleName)
    /// A role that is there already.
    case roleExists(role: RoleName)
    /// A target whose contents are not in the bundle, or are others than its role states.
    case wrongContents(target: TargetPath)
    /// A bundle with nothing in it to sign.
    case nothingProposed
    /// A folder that holds a bundle already.
    case bundleExists(path: String)
    /// A folder that is no bundle of this program's.
    case notABundle(path: String)
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
        case .otherRepository:
            "the bundle is of another repository: its roots are not those that are trusted here"
        case .notTheFirst:
            "the first root of a repository follows none, and each later one follows the one before; say which root is "
                + "trusted, and for a first root say none"
        case .doesNotFollow(let role, let published, let found):
            "version \(found) of \(quoted(role.text)) does not follow version \(published), which is published; begin the "
                + "change anew"
        case .expired(let role, let time, let now):
            "metadata of \(quoted(role.text)) expires at \(time), and it is \(now)"
        case .otherChange(let role):
            "the bundles hold different metadata of \(quoted(role.text)), and are not the same change"
        case .mustBeIssuedAgain(let role):
            "after this change the signatures of \(quoted(role.text)) would count no longer; it must be issued again"
        case .notDelegated(let role): "no role delegates to \(quoted(role.text))"
        case .roleExists(let role): "role \(quoted(role.text)) is there already"
        case .wrongContents(let target):
            "the contents of target \(quoted(target.text)) are not there, or not what its role states"
        case .nothingProposed: "the bundle proposes nothing"
        case .bundleExists(let path): "\(path) holds a change already; name another folder"
        case .notABundle(let path): "\(path) is no bundle of a change to a repository, or not a whole one"
        case .storage(let error): "\(error)"
        }
    }
}
