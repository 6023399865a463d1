// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent

/// `kaketsugi status`: whether this host has what it is to have.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether this host has the latest patches, with an exit code for scripts.",
        discussion: """
            Nothing is asked of the service: the processes tell what they have, and the last check-in what they are to have.

            Exit codes: 0 the latest; 1 no patch is applied; 2 there is a newer one; 3 the service does not cover this host; \
            64 the command line is wrong. With --nagios, those of a plugin: 0 OK; 1 warning; 2 critical; 3 unknown.
            """)

    @Flag(help: "Print one line and use the exit codes of a plugin of Nagios or Icinga.")
    var nagios = false

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let command = try HostCommand(output.output)
        let status = try command.status()
        if nagios {
            print(status.pluginLine)
            guard status.pluginCode == 0 else { throw ExitCode(status.pluginCode) }
            return
        }
        try command.show(status)
        guard status.grade.rawValue == 0 else { throw ExitCode(status.grade.rawValue) }
    }
}
