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

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write the live patch.", valueName: "file"))
    var output: String

    @OptionGroup var description: DescriptionOptions

    mutating func validate() throws { try source.requireSource() }

    mutating func run() async throws {
        do {
            try requireFolder(of: output)
            let request = (fix: try Fix(parsing: readFile(fix)), source: try source.selection(), options: source)
            let progress = ProgressLine()
            defer { progress.clear() }
            let built = try await cancelling {
                try await buildFix(
                    from: request.source, fix: request.fix, cache: try request.options.openCache(),
                    progress: { progress.show($0.description) })
            }
            let artefact = try PatchAssembly.artefact(
                from: built.units, targets: built.targets, options: description.options(for: built))
            let file = try artefact.encoded()
            try replaceFile(output, with: file)
            progress.clear()
            let text = ManifestText(artefact: artefact, id: ArtefactID(of: file), fileSize: file.count)
            print(text.summary(path: output))
        } catch let refusal as any Error & CustomStringConvertible {
            throw refused(refusal)
        }
    }
}
