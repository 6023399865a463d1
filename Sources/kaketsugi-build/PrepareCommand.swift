// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import PatchBuilder

/// `kaketsugi-build prepare`: makes build roots, lists them, removes them.
struct PrepareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Make a source's build root, from which patches are then built in seconds.",
        discussion: """
            A build root is the unpacked source, configured or built once, with the commands that compile its units. \
            `patch` makes it as well, if it is not there. The source's own build sees the machine read-only, has no \
            network, and can write to its root alone.
            """)

    @OptionGroup var source: SourceOptions

    @Flag(help: "Show the build roots in the cache instead, the most recently used one first.")
    var list = false

    @Option(
        name: .long, help: ArgumentHelp("Remove the build roots of a name, as --list shows it.", valueName: "name"))
    var remove: String?

    @Flag(
        help: ArgumentHelp(
            "Of --package linux=VERSION, a version that has left the archive: prepare the nearest one that is offered, and say so."
        )
    )
    var nearest = false

    @Flag(help: "Print JSON.")
    var json = false

    mutating func validate() throws {
        guard !nearest || source.package.map(KernelPackage.isOne) == true else {
            throw ValidationError("--nearest goes with --package linux=VERSION.")
        }
        guard list || remove != nil else { return try source.requireSource() }
        guard !source.namesSource, !(list && remove != nil) else {
            throw ValidationError("--list and --remove NAME stand alone, beside --cache and --json.")
        }
    }

    mutating func run() async throws {
        let output = json ? Output.json : .text
        do {
            let cache = try source.openCache()
            if list {
                print(try output.render(RootList(roots: try cache.roots(), action: "list")))
            } else if let remove {
                print(try output.render(RootList(roots: try cache.removeRoots(named: remove), action: "remove")))
            } else {
                print(try output.render(PreparedRootText(root: try await prepared(in: cache))))
            }
        } catch let refusal as any Error & CustomStringConvertible {
            throw refused(refusal)
        }
    }

    private func prepared(in cache: BuildCache) async throws -> PreparedRoot {
        let progress = ProgressLine()
        defer { progress.clear() }
        if let kernel = try source.kernel(showing: { progress.show($0.description) }) {
            let nearest = nearest
            return try await cancelling { try await nearest ? kernel.prepareNearest() : kernel.prepare() }
        }
        let selection = try source.selection()
        let proving = source.proveRebuild
        return try await cancelling {
            try await prepareRoot(of: selection, provingRebuild: proving, cache: cache) {
                progress.show($0.description)
            }
        }
    }
}
