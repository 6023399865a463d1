// SPDX-License-Identifier: Apache-2.0

/// What a client takes from a repository at most, so that none can fill its disk or keep it busy.
package struct ClientLimits: Sendable {
    /// New roots in one update.
    package var rootRotations = 256
    /// Roles that are asked for one target.
    package var rolesInSearch = 33
    /// Bytes of a root.
    package var root = 512_000
    /// Bytes of a timestamp.
    package var timestamp = 16_384
    /// Bytes of a snapshot.
    package var snapshot = 2_000_000
    /// Bytes of a targets role's metadata.
    package var targets = 5_000_000

    /// The bounds of the reference implementations.
    package init() {}
}
