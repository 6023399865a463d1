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

    mutating func run() async throws {
        do {
            try requireFolder(of: output)
            let request = (fix: try Fix(parsing: readFile(fix)), source: try source.selection(), cache: source.cache)
            let progress = ProgressLine()
            defer { progress.clear() }
            let built = try await cancelling {
                try await buildFix(
                    from: request.source, fix: request.fix, cache: try BuildCache(path: request.cache),
                    progress: { progress.show($0.description) })
            }
            let shares = try TargetShares(of: built.units, among: source.targets(among: built.targets))
            let unchanged = built.unchanged + shares.unchanged
            let outputs = try PatchOutputs(path: output, fix: fix, shares: shares)
            var options = description.options(for: built)
            if !shares.elsewhere.isEmpty {
                options.findings.append(Finding(rule: .outsideTarget, symbols: shares.elsewhere))
            }
            var texts: [String] = []
            for (share, path) in zip(shares.shares, outputs.paths) {
                let artefact = try PatchAssembly.artefact(from: share.units, targets: [share.target], options: options)
                let file = try artefact.encoded()
                try replaceFile(path, with: file)
                let text = ManifestText(artefact: artefact, id: ArtefactID(of: file), fileSize: file.count)
                texts.append(text.summary(path: path))
            }
            progress.clear()
            guard !texts.isEmpty else { throw PatchRefusal.noChange(units: unchanged) }
            texts += UnitVerdicts(unchanged: unchanged, elsewhere: shares.elsewhere).lines
            print(texts.joined(separator: "\n"))
        } catch let refusal as any Error & CustomStringConvertible {
            throw refused(refusal)
        }
    }
}
