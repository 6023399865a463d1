// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LivePatch
import PatchBuilder

/// `kaketsugi-build patch`: builds a live patch.
struct PatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patch",
        abstract: "Build a live patch from a fix.",
        discussion: """
            Only the translation units that the fix touches are compiled. Their unfixed code is searched in the shipped \
            file byte by byte, which proves that compiler and source are the right ones, and tells every address that \
            the replacement code needs. Whatever a live patch cannot express is refused with its cause.
            """)

    @OptionGroup var source: SourceOptions

    @Option(name: .long, help: ArgumentHelp("The fix, a unified diff.", valueName: "file"), completion: .file())
    var fix: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Where to write the live patch; a folder gets one for each shipped file that the fix changes.",
            valueName: "file"), completion: .file())
    var output: String

    @OptionGroup var description: DescriptionOptions

    @OptionGroup var waivers: WaiverOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Also write the safety review as a page, for a fix that it blocks, too.", valueName: "file"),
        completion: .file())
    var review: String?

    @Flag(help: "Print JSON: the verdict, and the findings of the safety review.")
    var json = false

    mutating func validate() throws { try source.requireSource() }

    mutating func run() async throws {
        let outcome: PatchOutcome
        do {
            outcome = try await built()
        } catch let refusal as any Error & CustomStringConvertible {
            outcome = PatchOutcome(refusal)
        }
        if json { print(try Output.json.render(outcome)) }
        let text = try Output.text.render(outcome)
        guard outcome.exitCode == .success else {
            StandardError.write(harmlessLines(text) + "\n")
            throw outcome.exitCode
        }
        if !json { print(text) }
    }

    private func built() async throws -> PatchOutcome {
        try requireFolder(of: output)
        if let review { try requireFolder(of: review) }
        let request = (fix: try Fix(parsing: readFile(fix)), source: try source.selection(), options: source)
        let progress = ProgressLine()
        defer { progress.clear() }
        if let kernel = try source.kernel(showing: { progress.show($0.description) }) {
            let options = KernelPatchOptions(
                level: description.level, title: description.title, vulnerabilities: description.cve,
                revertHazards: description.hazards,
                waivers: waivers.waivers(with: request.fix.levels.flatMap(\.waivers)),
                safeRelease: description.safeRelease)
            return try await cancelling { try await kernel.patch(of: request.fix, options: options) }
                .write(to: output, page: review)
        }
        let built = try await cancelling {
            try await buildFix(
                from: request.source, fix: request.fix, provingRebuild: request.options.proveRebuild,
                cache: try request.options.openCache(),
                progress: { progress.show($0.description) })
        }
        var options = description.options(for: built)
        options.provesRebuild = source.proveRebuild
        options.waivers = waivers.waivers(with: built.waivers)
        let search = SourceSearch(selection: request.source, cache: try source.openCache(), progress: progress)
        return try await PatchWriting(source: source, options: options, search: search.find, page: review).write(built)
        {
            (shares: TargetShares) throws(PatchRefusal) in
            try PatchOutputs(path: output, fix: fix, shares: shares).paths
        }
    }
}
