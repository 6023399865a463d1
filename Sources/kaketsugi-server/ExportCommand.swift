// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import UpdateFramework

/// `kaketsugi-server export`: copies the repository for a web server, a mirror or a medium.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Copy the repository as static files, for a web server, a mirror or a medium.",
        discussion: """
            Everything is verified first. Files appear in an order in which hosts that read meanwhile find a whole \
            repository, the old or the new one, and so they do if the export is ended half way. What is there already is \
            not written again.
            """)

    @Argument(help: ArgumentHelp("The folder to copy to.", valueName: "dir"), completion: .directory)
    var destination: String

    @OptionGroup var repository: RepositoryOption
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let export = try orRefuse {
            let lock = try DirectoryLock(holding: repository.repository)
            let export = try repository.tree.export(to: RepositoryTree(path: destination))
            withExtendedLifetime(lock) {}
            return export
        }
        try output.show(ExportReport(export: export))
    }
}

/// What an export wrote.
struct ExportReport: Presentable {
    let export: RepositoryTree.Export

    /// The JSON of `export`.
    struct Report: Encodable {
        var schemaVersion = 1
        var metadata: Int
        var targets: Int
        var newBytes: Int
    }

    var report: Report { Report(metadata: export.metadata, targets: export.targets, newBytes: export.newBytes) }

    func text(in language: Language) -> String {
        ServerText.exported(metadata: export.metadata, targets: export.targets, bytes: export.newBytes)
            .text(in: language)
    }
}
