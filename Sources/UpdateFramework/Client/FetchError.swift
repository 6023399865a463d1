// SPDX-License-Identifier: Apache-2.0

/// Why a file did not come from a repository.
package enum FetchError: Error, Hashable, Sendable {
    /// The repository has no such file.
    case notFound
    /// It is longer than it may be.
    case tooLong(limit: Int)
    /// The repository answered with an error.
    case refused(status: Int)
    /// It took too long.
    case timedOut(seconds: Int64)
    /// The repository cannot be reached, or the connection broke.
    case unreachable(reason: String)
}

extension FetchError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound: "the repository has no such file"
        case .tooLong(let limit): "it is longer than \(limit) bytes"
        case .refused(let status): "the repository answered with status \(status)"
        case .timedOut(let seconds): "it took longer than \(seconds) s"
        case .unreachable(let reason): reason
        }
    }
}
