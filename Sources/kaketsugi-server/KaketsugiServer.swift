// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LivePatch

/// The operator's tool: keys, signatures, the repository of published patches, and the service.
@main
struct KaketsugiServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kaketsugi-server",
        abstract: "Hold the keys of a repository of live patches, publish in it, and run the service.",
        discussion: """
            A change to a repository is begun where the repository is (keys begin, keys rotate, keys renew, add, \
            withdraw), as a folder. The folder goes from one key holder to the next, or in copies to all of them, and \
            each signs it (keys sign). When enough have signed, publish puts it into the repository. serve runs the service \
            over it.

            Exit codes: 0 done; 2 signatures are missing yet; 3 refused, with the cause on standard error; 64 the \
            command line is wrong. Those of keys status are an alarm's: see there.
            """,
        version: productVersion,
        subcommands: [
            KeysCommand.self, AddCommand.self, WithdrawCommand.self, PublishCommand.self, ResignCommand.self,
            RevokeCommand.self, ExportCommand.self, CoverageCommand.self, ServeCommand.self,
        ] + fleetCommands)
}

/// `kaketsugi-server keys`: keys, and the ceremonies that they are for.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make keys, sign with them, replace them, and see when signatures expire.",
        subcommands: [
            CreateKey.self, ListKeys.self, BeginRepository.self, RotateKeys.self, RenewMetadata.self, ShowBundle.self,
            SignBundle.self, MergeBundles.self, KeyStatus.self,
        ])
}
