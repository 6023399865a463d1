// SPDX-License-Identifier: Apache-2.0

/// Placeholder.
struct PackageSource: Sendable {
    var package: DebianPackage
    var cache: BuildCache
    var progress: BuildProgress
    func build(_ fix: Fix) async throws(BuildError) -> BuiltFix { throw .packageNotOffered(package.name) }
}
