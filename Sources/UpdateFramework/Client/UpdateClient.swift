// SPDX-License-Identifier: Apache-2.0

/// Keeps a folder of trusted metadata up to date with a repository, and finds and brings targets.
///
/// ```swift
/// var client = UpdateClient(directory: directory, repository: fetcher, at: now)
/// try await client.refresh()
/// let file = try await client.find("glibc/level-3.mend")
/// let path = try await client.download("glibc/level-3.mend", file, from: targets, into: "/var/lib/targets")
/// ```
package struct UpdateClient: Sendable {
    let directory: MetadataDirectory
    let repository: any Fetcher
    let time: UpdateTime
    let limits: ClientLimits
    /// What the last refresh trusts; nil before the first.
    package internal(set) var trusted: TrustedMetadataSet?
    /// Targets metadata that was checked, by its role, with those whose signatures it was checked for.
    var checked: [RoleName: (authority: RoleKeys, metadata: TargetsMetadata)] = [:]

    /// A client.
    ///
    /// - Parameters:
    ///   - directory: where the metadata is kept.
    ///   - repository: where the repository's metadata comes from.
    ///   - time: when the update begins; one moment for all of it.
    ///   - limits: what the client takes at most.
    package init(
        directory: MetadataDirectory, repository: any Fetcher, at time: UpdateTime,
        limits: ClientLimits = ClientLimits()
    ) {
        self.directory = directory
        self.repository = repository
        self.time = time
        self.limits = limits
    }
}
