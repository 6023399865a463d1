// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CivilTime
import CommandLineOutput
import Director
import PatchCatalogue
import ServicePolicy
import ServiceStore
import UpdateFramework

/// Which service a command is about.
struct ServiceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder of the server.", valueName: "dir"), completion: .directory)
    var data = ServeCommand.data

    @Option(
        help: ArgumentHelp("The database, if it is not in that folder: postgres://USER@HOST/NAME.", valueName: "uri"))
    var database: String?

    @OptionGroup var output: OutputOptions

    /// Who the log says it was.
    static let actor = "command line"

    /// Runs a function on the records, and says why it is refused.
    func withStore<Value>(_ body: (ServiceStore) async throws -> Value) async throws -> Value {
        do {
            let location = try database.map { try StoreLocation(uri: $0) } ?? .folder(data)
            let store = try await ServiceStore(at: location)
            do {
                let value = try await body(store)
                await store.close()
                return value
            } catch {
                await store.close()
                throw error
            }
        } catch let error as StoreError {
            throw refused(error.reason)
        } catch let error as DirectorError {
            throw refused(error.reason)
        }
    }

    /// Reads records and shows what a function makes of them.
    func show<Report: Presentable & Sendable>(
        _ body: @escaping @Sendable (Records) throws -> Report
    ) async throws {
        let report = try await withStore { try await $0.read(body) }
        try output.show(report)
    }

    /// Changes records and shows what a function makes of that.
    func change<Report: Presentable & Sendable>(
        _ body: @escaping @Sendable (Records) throws -> Report
    ) async throws {
        let report = try await withStore { try await $0.write(body) }
        try output.show(report)
    }
}

/// Which repository holds the patches of rollouts.
struct CatalogueOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The folder of the repository, if it is not repository in the server's.", valueName: "dir"),
        completion: .directory)
    var repository: String?

    /// What is published.
    func catalogue(_ service: ServiceOptions) throws -> PublishedCatalogue {
        let tree = RepositoryTree(path: repository ?? service.data + "/repository")
        return try orRefuse {
            guard let publication = try tree.read() else {
                throw RepositoryError.missing(file: tree.metadata + "/timestamp.json")
            }
            return try PublishedCatalogue(of: publication, in: tree)
        }
    }
}

extension Moment {
    /// The clock of this machine.
    static var now: Moment { Moment(seconds: UpdateTime.now.secondsSince1970) }

    /// The moment as programs and people read it.
    var text: String { UpdateTime(secondsSince1970: seconds).description }
}

extension CalendarDay: ExpressibleByArgument {
    /// A day as `YYYY-MM-DD`.
    public init?(argument: String) { self.init(argument) }
}

extension Moment: ExpressibleByArgument {
    /// A moment as `YYYY-MM-DDTHH:MM:SSZ`.
    public init?(argument: String) {
        guard let time = UpdateTime(argument) else { return nil }
        self.init(seconds: time.secondsSince1970)
    }
}
