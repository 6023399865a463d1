// SPDX-License-Identifier: Apache-2.0

/// Builds the units that a fix touches, without and with it, as the source's own build does.
///
/// The first build from a source takes as long as configuring it (a package) or building it (a project) takes; the result
/// is kept in the cache, and later ones compile only the touched units.
///
/// - Parameters:
///   - selection: The package or the project.
///   - fix: The fix.
///   - provingRebuild: Whether the whole source is built, if need be, to compare its targets' build IDs.
///   - cache: Where sources and objects are kept.
///   - progress: Told of each step.
/// - Returns: The objects with what they are to be matched with.
/// - Throws: `BuildError` naming what is refused; the cache is good then, too.
package func buildFix(
    from selection: SourceSelection, fix: Fix, provingRebuild: Bool = false, cache: BuildCache,
    progress: @escaping BuildProgress
) async throws(BuildError) -> BuiltFix {
    switch selection {
    case .debianPackage(let package, let release):
        try await PackageSource(package: package, release: release, cache: cache, progress: progress)
            .build(fix, proving: provingRebuild)
    case .rpm(let package):
        try await RPMSource(package: package, cache: cache, progress: progress).build(fix, proving: provingRebuild)
    case .project(let project):
        try await ProjectSource(project: project, cache: cache, progress: progress).build(fix)
    }
}

/// Searches a source for who defines or uses some symbols: what a fix needs anew, and neither its units nor the target tell.
///
/// - Parameters:
///   - selection: The package or the project.
///   - symbols: The symbols' names.
///   - cache: Where sources and objects are kept.
///   - progress: Told of each step.
/// - Returns: Other units of the source, compiled, and what could not be.
/// - Throws: `BuildError`; the cache is good then, too.
package func searchSource(
    of selection: SourceSelection, for symbols: Set<String>, cache: BuildCache, progress: @escaping BuildProgress
) async throws(BuildError) -> SurroundingMaterial.Search {
    switch selection {
    case .debianPackage(let package, let release):
        try await PackageSource(package: package, release: release, cache: cache, progress: progress)
            .search(for: symbols)
    case .rpm(let package):
        try await RPMSource(package: package, cache: cache, progress: progress).search(for: symbols)
    case .project(let project):
        try await ProjectSource(project: project, cache: cache, progress: progress).search(for: symbols)
    }
}
