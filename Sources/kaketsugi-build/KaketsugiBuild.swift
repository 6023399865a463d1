// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LivePatch

/// The author's tool: from a source fix to a live patch.
@main
struct KaketsugiBuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kaketsugi-build",
        abstract: "Turn a source fix into a live patch, and look into live patches.",
        discussion: """
            Exit codes: 0 done; 3 refused, and the cause is on standard error; 5 the fix changes nothing in this \
            build; 64 the command line is wrong.
            """,
        version: productVersion,
        subcommands: [
            PrepareCommand.self, PatchCommand.self, LevelCommand.self, ReviewCommand.self, InspectCommand.self,
            HeaderCommand.self, DiffObjectsCommand.self, ProveCommand.self, SignModuleCommand.self,
        ])
}

extension ExitCode {
    /// What was asked is refused, or an input cannot be read.
    static let refused = ExitCode(3)
    /// The fix changes neither code nor data of this build.
    static let notAffected = ExitCode(5)
}
