// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import Glibc
import HTTPTransport
import LinuxSystem
import UpdateFramework

/// A client of any repository of The Update Framework, as the public conformance suite drives one.
@main
struct TUFClient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tuf-client",
        abstract: "Keep metadata of The Update Framework up to date, and download what it vouches for.",
        discussion: """
            tuf-client --metadata-dir DIR init ROOT.json
              begins with a root that is trusted because of where it came from; nothing is fetched

            tuf-client --metadata-dir DIR --metadata-url URL refresh
              brings the metadata of the top-level roles up to date

            tuf-client --metadata-dir DIR --metadata-url URL --target-base-url URL --target-dir DIR \
            --target-name PATH download
              refreshes, and downloads targets that are not there yet; it ends at the first that it cannot bring

            Exit codes: 0 done; 1 refused or failed; 64 the command line is wrong.
            """)

    /// What to do.
    enum Step: String, CaseIterable, ExpressibleByArgument {
        case `init`
        case refresh
        case download
    }

    @Option(name: .customLong("metadata-dir"), help: "The folder in which trusted metadata is kept.")
    var metadataDirectory: String

    @Option(name: .customLong("metadata-url"), help: "Where the repository's metadata is.")
    var metadataURL: String?

    @Option(name: .customLong("target-base-url"), help: "Where the repository's targets are.")
    var targetsURL: String?

    @Option(name: .customLong("target-dir"), help: "The folder for downloaded targets.")
    var targetDirectory: String?

    @Option(name: .customLong("target-name"), help: "A target; may be given several times.")
    var targetNames: [String] = []

    @Argument(help: "init, refresh or download.")
    var step: Step

    @Argument(help: ArgumentHelp("The trusted root, for init.", valueName: "root"))
    var root: String?

    mutating func validate() throws {
        switch step {
        case .`init`: guard root != nil else { throw ValidationError("init needs the file of the trusted root") }
        case .refresh: guard metadataURL != nil else { throw ValidationError("refresh needs --metadata-url") }
        case .download:
            guard metadataURL != nil, targetsURL != nil, targetDirectory != nil, !targetNames.isEmpty else {
                throw ValidationError(
                    "download needs --metadata-url, --target-base-url, --target-dir and --target-name")
            }
        }
    }

    mutating func run() async throws {
        do {
            switch step {
            case .`init`: try initialize()
            case .refresh, .download: try await update()
            }
        } catch {
            StandardError.write("tuf-client: \(error)\n")
            throw ExitCode(1)
        }
    }

    private func initialize() throws {
        let bytes = try contents(ofFile: root ?? "", limit: ClientLimits().root)
        try MetadataDirectory(path: metadataDirectory).initialize(trustedRoot: bytes)
    }

    private func update() async throws {
        usePlainNames()
        var settings = HTTPSettings(agent: "kaketsugi-tuf-client")
        settings.silence = .seconds(10)
        let http = HTTPClient(settings)
        do {
            try await update(with: http)
        } catch {
            await http.close()
            throw error
        }
        await http.close()
    }

    private func update(with http: HTTPClient) async throws {
        var client = UpdateClient(
            directory: MetadataDirectory(path: metadataDirectory),
            repository: HTTPFetcher(http, base: try HTTPAddress(metadataURL ?? "")),
            at: UpdateTime(secondsSince1970: Int64(time(nil))))
        try await client.refresh()
        guard step == .download, let targetsURL, let targetDirectory else { return }
        let targets = HTTPFetcher(http, base: try HTTPAddress(targetsURL))
        for name in targetNames {
            let path = TargetPath(name)
            let file = try await client.find(path)
            print(try await client.download(path, file, from: targets, into: targetDirectory))
        }
    }
}
