// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LinuxSystem
import LivePatch

/// The tool of a host: puts live patches into running processes.
@main
struct Kaketsugi: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kaketsugi",
        abstract: "Put live patches into running processes, and take them out.",
        discussion: """
            A host of the service is registered once; its daemon then does what the service wants, and these commands show \
            and steer it: status, check, update, info, hold, release, rollback, history. With files, plan, apply, revert and \
            watch need no service.

            Exit codes of plan, apply and revert: 0 all that was asked for holds now, patched or already; 2 it holds in some processes, in others \
            not; 3 refused, or it holds in none; 4 no process uses the target; 64 the command line is wrong.
            """,
        version: productVersion,
        subcommands: [
            PlanCommand.self, ApplyCommand.self, RevertCommand.self, ListCommand.self, WatchCommand.self,
            PerfInjectCommand.self, RegisterCommand.self, UnregisterCommand.self, StatusCommand.self, CheckCommand.self,
            UpdateCommand.self, InfoCommand.self, HoldCommand.self, ReleaseCommand.self, RollbackCommand.self,
            HistoryCommand.self, DoctorCommand.self, CheckConnectivityCommand.self, KernelVersionCommand.self,
            DaemonCommand.self, RoundCommand.self, SoakCommand.self, SurveyCommand.self,
        ])

    static func main() {
        guard let application = Application(directly: CommandLine.arguments.dropFirst()) else {
            usePlainNames()
            return main(nil)
        }
        do { try application.run() } catch { exit(withError: error) }
    }
}
