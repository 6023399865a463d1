// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import Director
import LivePatch
import PatchCatalogue
import ServicePolicy
import ServiceStore

/// `kaketsugi-server rollouts`: patches on their way to the fleet.
struct RolloutsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollouts", abstract: "Bring published patches to the fleet, ring by ring.",
        subcommands: [
            AddRollout.self, ListRollouts.self, ShowRollout.self, HaltRollout.self, ResumeRollout.self,
            FinishRollout.self,
        ])
}

/// `rollouts add`.
struct AddRollout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Begin a rollout.",
        discussion: """
            A ring is canary (one host), a share such as 10%, group=NAME, tag=NAME, or all. Each has the hosts of those \
            before it. Without --ring they are: canary, 10%, 50%, all. --success and --failure are numbers of hosts, or \
            shares of those that were granted the ring. A canary must succeed, and its failure halts.
            """)

    @Argument(help: "What people call it.")
    var title: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A patch, by its 64 digits or the beginning of them; may be given several times.", valueName: "id"))
    var patch: [String]

    @Option(name: .long, help: ArgumentHelp("A ring; may be given several times.", valueName: "hosts"))
    var ring: [Ring.Members] = []

    @Option(help: "How many hosts of a ring must have the patches in force before the next one opens.")
    var success = Ring.Threshold.percent(90)

    @Option(help: "How many failures of a ring halt the rollout.")
    var failure = Ring.Threshold.percent(5)

    @Option(help: ArgumentHelp("For how long a ring must have succeeded.", valueName: "minutes"))
    var bake = 60

    @Option(help: ArgumentHelp("After how long a host that says nothing counts as failed.", valueName: "minutes"))
    var silence = 240

    @OptionGroup var catalogue: CatalogueOptions
    @OptionGroup var service: ServiceOptions

    mutating func validate() throws {
        guard (0...43_200).contains(bake), (1...43_200).contains(silence) else {
            throw ValidationError("--bake is 0 to 43200 minutes, and --silence 1 to 43200.")
        }
    }

    mutating func run() async throws {
        let published = try catalogue.catalogue(service)
        let members = ring.isEmpty ? Ring.usual.map(\.members) : ring
        let rings = members.map { members in
            Ring(
                members, success: members == .canary ? .count(1) : success,
                failure: members == .canary ? .count(1) : failure, bake: Int64(bake) * 60, silence: Int64(silence) * 60)
        }
        let patches = patch.flatMap { written in
            published.patches.map(\.patch).filter { $0.matches(written) }
        }
        guard patch.allSatisfy({ written in patches.contains { $0.matches(written) } }) else {
            throw refused(DirectorError.noPatches.reason)
        }
        let title = title
        let rollout = try await service.withStore { store in
            try await OperatorDesk(store: store, catalogue: published)
                .beginRollout(title, of: patches, rings: rings, by: ServiceOptions.actor, at: .now)
        }
        try service.output.show(
            RecordReport(entry: RolloutEntry(rollout, Tally()), said: .rolloutBegun(rollout.id)))
    }
}

/// `rollouts list`.
struct ListRollouts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the rollouts, the newest first.")

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        try await service.show { records in
            ListReport(
                entries: try records.rollouts().map { RolloutEntry($0, try records.tally(ofRollout: $0.id)) })
        }
    }
}

/// `rollouts show`.
struct ShowRollout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a rollout, its rings, and what happened to it.")

    @Argument(help: "The rollout.")
    var rollout: String

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let id = rollout
        try await service.show { records in
            guard let rollout = try records.rollout(id) else { throw StoreError.noSuch(.rollout, id) }
            return RolloutReport(
                rollout: rollout, tally: try records.tally(ofRollout: id), steps: try records.steps(of: id))
        }
    }
}

/// `rollouts halt`.
struct HaltRollout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "halt", abstract: "Halt a rollout: nobody new gets its patches.")

    @Argument(help: "The rollout.")
    var rollout: String

    @Option(help: "Why, for people.")
    var reason: String

    @Flag(help: "Tell the hosts that have its patches to go back to what they had before.")
    var rollBack = false

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let (id, reason, rollBack) = (rollout, reason, rollBack)
        try await service.changeRollout(id) { desk throws(DirectorError) in
            try await desk.halt(
                rollout: id, because: reason, rollBack: rollBack, by: ServiceOptions.actor, at: .now)
        }
    }
}

/// `rollouts resume`.
struct ResumeRollout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a halted rollout go on; hosts that failed are given another try.")

    @Argument(help: "The rollout.")
    var rollout: String

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let id = rollout
        try await service.changeRollout(id) { desk throws(DirectorError) in
            try await desk.resume(rollout: id, by: ServiceOptions.actor, at: .now)
        }
    }
}

/// `rollouts finish`.
struct FinishRollout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finish", abstract: "Open all rings at once, without waiting for what is still to be proved.")

    @Argument(help: "The rollout.")
    var rollout: String

    @Flag(help: "Do it.")
    var yes = false

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        guard yes else { throw refused(FleetText.notConfirmed.reason) }
        let id = rollout
        try await service.changeRollout(id) { desk throws(DirectorError) in
            try await desk.finish(rollout: id, by: ServiceOptions.actor, at: .now)
        }
    }
}

extension ServiceOptions {
    /// Changes a rollout and shows it.
    fileprivate func changeRollout(
        _ id: String, _ body: (OperatorDesk) async throws(DirectorError) -> RolloutRecord
    ) async throws {
        let (rollout, tally) = try await withStore { store in
            let rollout = try await body(OperatorDesk(store: store, catalogue: PublishedCatalogue([])))
            return (rollout, try await store.read { try $0.tally(ofRollout: id) })
        }
        try output.show(
            RecordReport(entry: RolloutEntry(rollout, tally), said: .rolloutChanged(id, state: rollout.state.rawValue)))
    }
}

extension Ring.Members: ExpressibleByArgument {
    /// A ring as it is written.
    public init?(argument: String) { self.init(argument) }
}

extension Ring.Threshold: ExpressibleByArgument {
    /// A threshold as it is written.
    public init?(argument: String) { self.init(argument) }
}
