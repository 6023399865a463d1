// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials
import HostProtocol
import LinuxSystem
import NIOCore
import NIOHTTP1
import NIOPosix
import ServicePolicy

/// Many hosts that are none: they register and check in through the real interface, with real signatures.
@main
struct FleetSimulator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet-simulator",
        abstract: "Register simulated hosts at a service, let them check in, and print how fast that was.",
        discussion: """
            The service listens without TLS (serve --plain): what is measured is the service and not a cipher. Prints one \
            line for each round: requests a second, the median, the 99th percentile and the worst of the times to the \
            answer, and how many answers were no success. Requests are signed, and answers read, outside of that time: on a \
            real fleet that is the hosts' work.
            """)

    @Option(help: ArgumentHelp("Where the service listens.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(help: ArgumentHelp("On which port.", valueName: "number"))
    var port: Int

    @Option(help: ArgumentHelp("An activation key that is good for so many hosts.", valueName: "key"))
    var key: String

    @Option(help: ArgumentHelp("How many hosts.", valueName: "number"))
    var hosts = 1000

    @Option(help: ArgumentHelp("How many connections at a time.", valueName: "number"))
    var connections = 64

    @Option(help: ArgumentHelp("How often all of them check in.", valueName: "number"))
    var rounds = 1

    @Option(name: .long, help: ArgumentHelp("Build IDs that every host uses.", valueName: "digits"))
    var build: [String] = []

    @Flag(help: "From the second round on, report that what was ordered is applied.")
    var obeys = false

    @Option(help: ArgumentHelp("Where to write a token for patch data, of one of the hosts.", valueName: "file"))
    var token: String?

    mutating func validate() throws {
        guard (1...1_000_000).contains(hosts), (1...4096).contains(connections), rounds >= 0 else {
            throw ValidationError("--hosts is from 1 to 1000000, --connections from 1 to 4096")
        }
    }

    mutating func run() async throws {
        let fleet = Fleet(
            (0..<hosts).map { SimulatedHost(number: $0, activationKey: key, builds: build) }, obeys: obeys)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        for round in 0...rounds {
            var took = Duration.zero
            for places in fleet.begin(round == 0 ? .registration : .checkIn) {
                fleet.prepare(places, at: Moment(seconds: Int64(Date().timeIntervalSince1970)))
                took += try await ContinuousClock().measure { try await visit(fleet, group) }
                fleet.takeAnswers()
            }
            print(fleet.summary(after: took))
        }
        try await group.shutdownGracefully()
        if let token, let text = fleet.token { try replaceFile(token, with: Array(text.utf8)) }
        guard fleet.failures == 0 else { throw ExitCode(1) }
    }

    /// Sends the requests of those hosts whose turn it is.
    private func visit(_ fleet: Fleet, _ group: MultiThreadedEventLoopGroup) async throws {
        let authority = "\(host):\(port)"
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<min(connections, hosts) {
                tasks.addTask { [host, port] in
                    try await ClientBootstrap(group: group)
                        .channelInitializer { channel in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                                try channel.pipeline.syncOperations.addHandler(
                                    VisitHandler(Visit(fleet: fleet, authority: authority)))
                            }
                        }
                        .connect(host: host, port: port).get().closeFuture.get()
                }
            }
            try await tasks.waitForAll()
        }
    }
}
