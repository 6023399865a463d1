// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LinuxSystem
import ProcessPatcher

/// `kaketsugi survey`: tells the daemon what processes use; a program of its own, since it reads foreign memory.
struct SurveyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "survey", abstract: "Tell which targets are in use, as JSON.", shouldDisplay: false)

    @Argument(help: "Names of files, with * and ?.")
    var patterns: [String] = []

    @OptionGroup var exclusion: ExclusionOptions

    mutating func run() throws {
        print(try TargetSurvey(patterns: patterns, exclusions: exclusion.exclusions).json)
    }
}
