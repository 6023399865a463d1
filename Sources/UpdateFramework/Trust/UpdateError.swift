// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// Why an update, or the search for a target, ended.
package enum UpdateError: Error, Sendable {
    /// What came is not the metadata of the role.
    case malformed(RoleName, MetadataError)
    /// Too few of the role's keys have signed.
    case notSigned(RoleName, valid: Int, threshold: Int)
    /// An older version than one that was seen before.
    case rollback(RoleName, trusted: Int64, offered: Int64)
    /// Another version than the one that must come now.
    case wrongVersion(RoleName, expected: Int64, found: Int64)
    /// Not the bytes that the role above states.
    case notAsListed(RoleName)
    /// A role that an earlier snapshot listed is no longer listed.
    case noLongerListed(RoleName)
    /// A role to which there is a delegation is not in the snapshot.
    case notListed(RoleName)
    /// Too old to be trusted.
    case expired(RoleName, at: UpdateTime, now: UpdateTime)
    /// A step was asked for before the one that it needs, or again.
    case outOfOrder(RoleName)
    /// No role vouches for the target.
    case noSuchTarget(TargetPath)
    /// The search asked as many roles as it may.
    case searchTooLong(TargetPath, roles: Int)
    /// No hash of the target is of a kind that this program knows.
    case unknownHashes(TargetPath)
    /// What came is not the target.
    case notTheTarget(TargetPath)
    /// A name that cannot be the name of a file.
    case unusableName(String)
    /// Metadata was never initialised here.
    case noTrustedRoot(directory: String)
    /// A file could not be fetched.
    case notFetched(file: String, FetchError)
    /// A file could not be read or written here.
    case storage(SystemError)
}

extension UpdateError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let role, let error): "metadata of \(quoted(role.text)) is refused: \(error)"
        case .notSigned(let role, let valid, let threshold):
            "metadata of \(quoted(role.text)) is refused: \(valid) of its keys have signed, and it takes \(threshold)"
        case .rollback(let role, let trusted, let offered):
            "metadata of \(quoted(role.text)) is refused: version \(offered) is offered, and version \(trusted) was seen "
                + "before; this mirror is behind, or somebody replays old metadata"
        case .wrongVersion(let role, let expected, let found):
            "metadata of \(quoted(role.text)) is refused: it is version \(found), and must be \(expected)"
        case .notAsListed(let role):
            "metadata of \(quoted(role.text)) is refused: it has not the length and hashes that the role above states"
        case .noLongerListed(let role):
            "the snapshot is refused: it no longer lists \(quoted(role.text)), which was listed before"
        case .notListed(let role):
            "\(quoted(role.text)) may vouch for targets, but the snapshot lists no metadata of it"
        case .expired(let role, let time, let now):
            "metadata of \(quoted(role.text)) expired at \(time), and it is \(now); somebody keeps newer metadata back, "
                + "the repository is not looked after, or the clock of this machine is wrong"
        case .outOfOrder(let role): "metadata of \(quoted(role.text)) came out of turn"
        case .noSuchTarget(let path): "there is no target \(quoted(path.text))"
        case .searchTooLong(let path, let roles):
            "target \(quoted(path.text)) was not found with \(roles) roles, and no more may be asked"
        case .unknownHashes(let path):
            "target \(quoted(path.text)) has no hash that this program knows (sha256, sha384, sha512)"
        case .notTheTarget(let path):
            "what came for target \(quoted(path.text)) has not the length and hashes that its role states"
        case .unusableName(let name): "\(quoted(name)) is too long, or else unusable, as the name of a file"
        case .noTrustedRoot(let directory):
            "\(directory) has no trusted root; initialise it with the root metadata that came with the software"
        case .notFetched(let file, let error): "\(quoted(file)) could not be fetched: \(error)"
        case .storage(let error): "\(error)"
        }
    }
}
