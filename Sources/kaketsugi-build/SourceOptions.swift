// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import PatchBuilder

/// Where the unfixed source and the target come from.
struct SourceOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A Debian source package and its version. Sources and binaries come through apt, in a configuration of "
                + "its own.", valueName: "name=version"))
    var package: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The release of Debian that the package is of, if it is not this machine's.", valueName: "name"))
    var suite: String?

    @Option(
        name: .long, help: ArgumentHelp("A source tree, which is copied before it is built.", valueName: "dir"),
        completion: .directory)
    var source: String?

    @Option(
        name: .long, help: ArgumentHelp("The command that builds the source tree.", valueName: "command"),
        completion: .shellCommand("compgen -c"))
    var build: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The ELF file that runs: a path, or one relative to the source tree; of a package, the name of one of its "
                + "files, if the fix changes several.", valueName: "file"),
        completion: .file())
    var target: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where build roots are kept (default: $KAKETSUGI_CACHE, or kaketsugi in the user's cache folder).",
            valueName: "dir"), completion: .directory)
    var cache: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The size of the cache at which the least recently used build roots are removed, after one is made.",
            valueName: "size"))
    var cacheLimit = ByteSize(count: BuildCache.standardLimit)

    mutating func validate() throws {
        guard package != nil else {
            guard suite == nil else { throw ValidationError("--suite goes with --package.") }
            return
        }
        guard source == nil, build == nil else {
            throw ValidationError("--package stands alone: leave out --source and --build.")
        }
    }

    /// Refuses a command line that selects no source.
    func requireSource() throws {
        guard package != nil || [source, build, target].allSatisfy({ $0 != nil }) else {
            throw ValidationError("Give either --package NAME=VERSION, or --source, --build and --target.")
        }
    }

    /// Of the files that a patch may be for, the one that is named, or all.
    func targets(among targets: [TargetFile]) throws(PatchRefusal) -> [TargetFile] {
        guard package != nil, let target else { return targets }
        return [try TargetShares.target(named: target, among: targets)]
    }

    /// Whether a source is selected, or something of one.
    var namesSource: Bool { [package, source, build, target].contains { $0 != nil } }

    /// The cache that the options select.
    func openCache() throws(BuildError) -> BuildCache { try BuildCache(path: cache, limit: cacheLimit.count) }

    /// The source that the options select.
    ///
    /// - Throws: `BuildError` for a package that is not named `NAME=VERSION`.
    func selection() throws(BuildError) -> SourceSelection {
        if let package {
            return .debianPackage(try DebianPackage(parsing: package), try suite.map(Self.suite))
        }
        return .project(Project(directory: source ?? "", buildCommand: build ?? "", target: target ?? ""))
    }

    private static func suite(_ name: String) throws(BuildError) -> DebianRelease { try DebianRelease(parsing: name) }
}
