// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import FoundationEssentials
import LivePatch
import PatchBuilder

/// `kaketsugi-build level`: builds the cumulative levels of a queue of fixes.
struct LevelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "level",
        abstract: "Build the cumulative levels of a queue of fixes.",
        discussion: """
            A queue is a folder with fixes and a file named series, which lists them in the order in which they apply, as \
            quilt and Debian's source packages have it. Each fix is a level, and each level has the fixes of those below \
            it: NAME-1.mend the first fix, NAME-2.mend the first two. Every level is checked against the shipped file, not \
            against the level below; a fix that changes nothing in this build is in its level all the same, and said to \
            be so. What a fix says above its changes goes along: Description or Subject, Origin, Author or From, CVE \
            numbers, Waive, Revert-Hazard and Revert-Hazard-Ja.
            """)

    @OptionGroup var source: SourceOptions

    @Argument(
        help: ArgumentHelp("The folder with the series file, or the series file.", valueName: "queue"),
        completion: .directory)
    var queue: String

    @Option(name: .long, help: ArgumentHelp("Which level to build: a number, or all.", valueName: "number|all"))
    var level = LevelChoice.all

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder to write to (default: here).", valueName: "folder"),
        completion: .directory)
    var output = "."

    @Option(
        name: .long,
        help: ArgumentHelp("What the files are named after (default: the package, or the target).", valueName: "name"))
    var name: String?

    @OptionGroup var waivers: WaiverOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Also write each level's safety review to this folder as a page, NAME-1.html and so on, for a level that it "
                + "blocks, too.", valueName: "folder"),
        completion: .directory)
    var review: String?

    @Flag(help: "Print JSON: for each level what it fixes, the verdict, and the findings of the safety review.")
    var json = false

    mutating func validate() throws {
        try source.requireSource()
        if let name, name.isEmpty || name.contains("/") {
            throw ValidationError("--name is the beginning of a file's name, and --output its folder.")
        }
    }

    mutating func run() async throws {
        let report: LevelReport
        do {
            report = try await built()
        } catch let refusal as any Error & CustomStringConvertible {
            throw refused(refusal)
        }
        print(try (json ? Output.json : .text).render(report))
        guard report.exitCode == .success else { throw report.exitCode }
    }

    private func built() async throws -> LevelReport {
        let queue = try PatchQueue(in: queue)
        let levels = try level.levels(of: queue)
        for folder in [output, review].compactMap(\.self) { try requireFolder(of: folder + "/x") }
        let selection = try source.selection()
        let cache = try source.openCache()
        let progress = ProgressLine()
        defer { progress.clear() }
        if let kernel = try source.kernel(showing: { progress.show($0.description) }) {
            return try await KernelLevels(of: queue, kernel: kernel, waivers: waivers).report(levels) { number in
                (output: stem(ofLevel: number) + ".mend", page: page(ofLevel: number))
            }
        }
        var report = LevelReport(source: source.package ?? source.source ?? "")
        var below: BuiltFix?
        // Lower levels are built, too, to tell which fix changes what.
        for number in queue.levels where number <= levels.upperBound {
            let built = try await cancelling {
                try await buildFix(
                    from: selection, fix: queue.fix(ofLevel: number), provingRebuild: source.proveRebuild, cache: cache,
                    progress: { progress.show("level \(number): \($0.description)") })
            }
            report.fixes.append(LevelReport.Fix(built.fix, level: number, isAffected: built.differs(from: below)))
            if levels.contains(number) {
                let search = SourceSearch(selection: selection, cache: cache, progress: progress)
                report.levels.append(.init(level: number, outcome: try await outcome(of: built, number, search)))
            }
            below = built
        }
        return report
    }

    /// Makes a level's live patch, if there is anything to patch.
    private func outcome(
        of built: BuiltFix, _ number: Int, _ search: SourceSearch
    ) async throws(BuildError) -> PatchOutcome {
        do {
            var options = PatchOptions(
                level: number, fixes: built.manifestFixes(level: number), revertHazards: built.revertHazards,
                waivers: waivers.waivers(with: built.waivers), compiler: built.compiler)
            options.provesRebuild = source.proveRebuild
            let stem = stem(ofLevel: number)
            return try await PatchWriting(
                source: source, options: options, search: search.find, page: page(ofLevel: number)
            ).write(built) { shares in
                let names = PatchOutputs.names(of: shares)
                return names.count == 1 ? ["\(stem).mend"] : names.map { "\(stem).\($0).mend" }
            }
        } catch let error as BuildError {
            throw error
        } catch let refusal as any Error & CustomStringConvertible {
            return PatchOutcome(refusal)
        } catch {
            return .refused("\(error)")
        }
    }

    private func levelName(_ number: Int) -> String { "\(name ?? standardName)-\(number)" }
    private func stem(ofLevel number: Int) -> String { "\(output)/\(levelName(number))" }
    private func page(ofLevel number: Int) -> String? { review.map { "\($0)/\(levelName(number)).html" } }

    /// `openssl` for a package, `libtarget` for `path/libtarget.so.3`.
    private var standardName: String {
        if let package = source.package { return String(package.prefix { $0 != "=" }) }
        let file = (source.target.first ?? "").split(separator: "/").last ?? ""
        let stem = file.prefix { $0 != "." }
        return stem.isEmpty ? "level" : String(stem)
    }
}

/// Which levels are wanted.
enum LevelChoice: ExpressibleByArgument {
    case all
    case one(Int)

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else if let number = Int(argument), number >= 1 {
            self = .one(number)
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { "all" }

    /// The levels of a queue that are meant.
    func levels(of queue: PatchQueue) throws -> ClosedRange<Int> {
        switch self {
        case .all: return queue.levels
        case .one(let number):
            guard queue.levels.contains(number) else {
                throw FileFailure(
                    description: "the queue has no level \(number); its series has \(queue.levels.upperBound) fixes")
            }
            return number...number
        }
    }
}
