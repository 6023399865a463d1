// SPDX-License-Identifier: Apache-2.0

package import ELF

/// What a build root holds, once it is made.
package struct PreparedRoot: Sendable {
    /// A file that patches may be for.
    package struct Target: Sendable {
        /// The last component of its path.
        package var name: String
        /// Where it is.
        package var path: String
        /// What processes that run it are told by; nil if it has none.
        package var buildID: BuildID?
        /// Whether a build of the whole source here made this very file; nil if there was no such build.
        package var isRebuilt: Bool?
        /// The binary package that ships it.
        package var package: String?
    }

    /// What it was made for: a package and its version, or a project's folder.
    package var name: String
    /// What was asked for, if it has left the archive and the root is that of the nearest version.
    package var asked: String?
    /// Where it is.
    package var path: String
    /// The files that patches may be for.
    package var targets: [Target]
    /// The number of compile commands that are known.
    package var commands: Int
    /// The first line that the compiler says of itself.
    package var compiler: String
    /// Its size on disk in bytes.
    package var size: UInt64
    /// What its builds see as `/`.
    package var system: String
}

extension PreparedRoot {
    init(
        _ root: BuildRoot, name: String, targets: [TargetFile], commands: Int, compiler: String,
        system: String = "/"
    ) {
        self.init(
            name: name, path: root.path,
            targets: targets.map { target in
                Target(
                    name: target.name, path: target.path,
                    buildID: (try? ObjectFile(parsing: target.bytes))?.buildID,
                    isRebuilt: target.rebuilt == nil ? nil : target.isRebuilt, package: target.package)
            }, commands: commands, compiler: compiler, size: Files.size(below: root.path), system: system)
    }
}

/// Makes the build root of a source, if it is not there, and says what it holds.
///
/// - Parameters:
///   - selection: The package or the project.
///   - provingRebuild: Whether the whole source is built, if need be, to compare its targets' build IDs.
///   - cache: Where roots are kept.
///   - progress: Told of each step.
/// - Returns: What the root holds.
/// - Throws: `BuildError` naming what is refused; the cache is good then, too.
package func prepareRoot(
    of selection: SourceSelection, provingRebuild: Bool = false, cache: BuildCache,
    progress: @escaping BuildProgress
) async throws(BuildError) -> PreparedRoot {
    switch selection {
    case .debianPackage(let package, let release):
        try await PackageSource(package: package, release: release, cache: cache, progress: progress)
            .prepare(proving: provingRebuild)
    case .rpm(let package):
        try await RPMSource(package: package, cache: cache, progress: progress).prepare(proving: provingRebuild)
    case .project(let project):
        try await ProjectSource(project: project, cache: cache, progress: progress).prepare()
    }
}
