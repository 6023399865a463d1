// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import PatchBuilder

/// Where the unfixed source and the target come from.
struct SourceOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A Debian source package and its version, which come through apt in a configuration of its own; or an RPM "
                + "source package, a file.", valueName: "name=version|file.src.rpm"), completion: .file())
    var package: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The release of Debian that the package is of, if it is not this machine's.", valueName: "name"))
    var suite: String?

    /// Of a kernel: which of those that were built of its source.
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Of --package linux=VERSION, the kernel: the flavour of its image, as in cloud-amd64 (default: amd64).",
            valueName: "name"))
    var flavour: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Of an RPM source package: the binary package that is installed.", valueName: "file.rpm"),
        completion: .file(extensions: ["rpm"]))
    var targetRpm: String?

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
                + "files, if the fix changes more than are meant. May be given several times.", valueName: "file"),
        completion: .file())
    var target: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where build roots are kept (default: $KAKETSUGI_CACHE, or kaketsugi in the user's cache folder).",
            valueName: "dir"), completion: .directory)
    var cache: String?

    @Flag(
        help: ArgumentHelp(
            "Build the whole source, once, and require that the target comes out with its build ID."))
    var proveRebuild = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The size of the cache at which the least recently used build roots are removed, after one is made.",
            valueName: "size"))
    var cacheLimit = ByteSize(count: BuildCache.standardLimit)

    mutating func validate() throws {
        guard suite == nil || (package != nil && rpm == nil) else {
            throw ValidationError("--suite goes with --package NAME=VERSION.")
        }
        guard flavour == nil || package.map(KernelPackage.isOne) == true else {
            throw ValidationError("--flavour goes with --package linux=VERSION.")
        }
        if rpm != nil {
            guard source == nil, build == nil, targetRpm != nil || !target.isEmpty else {
                throw ValidationError("An RPM source package needs --target-rpm FILE or --target FILE.")
            }
            guard targetRpm != nil || target.count == 1 else {
                throw ValidationError("Several targets of an RPM source package come with --target-rpm FILE.")
            }
        } else if package != nil {
            guard source == nil, build == nil, targetRpm == nil else {
                throw ValidationError("--package stands alone: leave out --source, --build and --target-rpm.")
            }
        } else if targetRpm != nil {
            throw ValidationError("--target-rpm goes with --package FILE.src.rpm.")
        }
    }

    /// Refuses a command line that selects no source.
    func requireSource() throws {
        guard package != nil || source != nil && build != nil && !target.isEmpty else {
            throw ValidationError(
                "Give --package NAME=VERSION, --package FILE.src.rpm, or --source, --build and --target.")
        }
    }

    /// Whether a source is selected, or something of one.
    var namesSource: Bool { !target.isEmpty || [package, targetRpm, source, build].contains { $0 != nil } }

    /// The RPM source package, if one is named: Debian's names have an equals sign in them.
    private var rpm: String? { package.flatMap { $0.hasSuffix(".rpm") && !$0.contains("=") ? $0 : nil } }

    /// The cache that the options select.
    func openCache() throws(BuildError) -> BuildCache { try BuildCache(path: cache, limit: cacheLimit.count) }

    /// Of the files that a patch may be for, those that are named, or all.
    func targets(among targets: [TargetFile]) throws(PatchRefusal) -> [TargetFile] {
        guard package != nil, rpm == nil || targetRpm != nil, !target.isEmpty else { return targets }
        var named: [TargetFile] = []
        for name in target {
            let file = try TargetShares.target(named: name, among: targets)
            if !named.contains(where: { $0.path == file.path }) { named.append(file) }
        }
        return named
    }

    /// The source that the options select.
    ///
    /// - Throws: `BuildError` for a package that is not named `NAME=VERSION`.
    func selection() throws(BuildError) -> SourceSelection {
        if let rpm {
            return .rpm(RPMPackage(source: rpm, binary: targetRpm, target: targetRpm == nil ? target.first : nil))
        }
        if let package {
            return .debianPackage(try DebianPackage(parsing: package), try suite.map(Self.release))
        }
        return .project(Project(directory: source ?? "", buildCommand: build ?? "", targets: target))
    }

    private static func release(_ name: String) throws(BuildError) -> DebianRelease { try DebianRelease(parsing: name) }
}
