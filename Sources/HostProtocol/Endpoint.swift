// SPDX-License-Identifier: Apache-2.0

/// Where the service has what.
package enum Endpoint {
    /// `POST` of a ``Registration``: 201 with a ``ServiceAnswer``.
    package static let register = "/v1/register"
    /// `POST` of a ``CheckIn``: 200 with a ``ServiceAnswer``.
    package static let checkIn = "/v1/check-in"
    /// `POST` without a body, signed, which takes the host off the service: 204.
    package static let unregister = "/v1/unregister"
    /// Below it, the repository's metadata, open to all.
    package static let metadata = "/repository/metadata/"
    /// Below it, the repository's targets; patches are for those with a token (LP-3.2-1).
    package static let targets = "/repository/targets/"

    /// How long a message may be, in bytes.
    package static let messageLimit = 256 << 10
}
