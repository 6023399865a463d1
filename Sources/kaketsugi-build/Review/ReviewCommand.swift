// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LivePatch
import PatchReview

/// `kaketsugi-build review`: shows what a person wants to see before a patch is shipped.
struct ReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Show a live patch for a review: findings, code before and after, callers, data.",
        discussion: "The page of --format html is one file without scripts, for screens and paper.")

    @Argument(help: ArgumentHelp("The live patch.", valueName: "file"), completion: .file(extensions: ["mend"]))
    var file: String

    @Option(help: "How to show it: text, json or html.")
    var format = ReviewFormat.text

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Where to write it (default: standard output).", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(help: "The language: en or ja (default: that of the environment).")
    var language: ReviewLanguage?

    mutating func run() throws {
        do {
            let bytes = try readFile(file)
            let artefact = try readArtefact(bytes, named: file)
            let review = try PatchReview(of: artefact, id: ArtefactID(of: bytes), fileSize: bytes.count)
            let toTerminal = output == nil && StandardOutput.showsColours
            let text = try format.render(review, in: language ?? .current, isColoured: toTerminal)
            if let output { try replaceFile(output, with: Array(text.utf8)) } else { print(text) }
        } catch let refusal as any Error & CustomStringConvertible {
            throw refused(refusal)
        }
    }
}

/// The ways to show a review.
enum ReviewFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, html

    func render(_ review: PatchReview, in language: ReviewLanguage, isColoured: Bool) throws -> String {
        switch self {
        case .text: ReviewText(review: review, language: language, isColoured: isColoured).text
        case .json: try jsonText(ReviewReport(review))
        case .html: ReviewPage(review, in: language).text
        }
    }
}

extension ReviewLanguage: ExpressibleByArgument {
    /// The language that the environment asks for.
    static var current: ReviewLanguage {
        switch Language.current {
        case .english: .english
        case .japanese: .japanese
        }
    }
}
