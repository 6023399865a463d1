// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Director
import Glibc
import HostProtocol
import ServicePolicy
import ServiceStore
import ServiceTesting

/// Check-ins straight to the director, each answered when it is on the disk.
@main
struct CheckInBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-in-benchmark",
        abstract: "Let simulated hosts check in without a network, and print how many a second were written.")

    @Argument(help: "An empty folder, or postgres://USER@HOST/NAME of an empty database.")
    var place: String

    @Option(help: "How many hosts.")
    var hosts = 5000

    @Option(help: "How many wait for an answer at a time.")
    var clients = 256

    @Option(help: "How often all of them check in.")
    var rounds = 8

    mutating func run() async throws {
        let location = try place.contains("://") ? StoreLocation(uri: place) : .folder(place)
        let fleet = try await SampleFleet(try await ServiceStore(at: location))
        var fleetHosts: [SampleHost] = []
        for number in 0..<hosts {
            var host = SampleHost("host-\(number)")
            _ = try await fleet.register(&host)
            fleetHosts.append(host)
        }
        let rollout = try await fleet.director.beginRollout(
            "all", of: [SampleFleet.patch(1)], rings: [Ring(.all, failure: .count(hosts))], by: "benchmark",
            at: SampleFleet.start)
        print("\(hosts) hosts registered, rollout \(rollout.id)")
        let clock = ContinuousClock()
        for round in 1...rounds {
            let now = SampleFleet.start.adding(seconds: Int64(round) * 60)
            // The first round grants, in the second the hosts say that they have applied; the others are what is usual.
            if round == 2 {
                for place in fleetHosts.indices {
                    fleetHosts[place].targets[0].level = 1
                    fleetHosts[place].targets[0].patched = 10
                    fleetHosts[place].targets[0].patch = SampleFleet.patch(1)
                    fleetHosts[place].note(.applied, SampleFleet.patch(1), rollout.id)
                }
            }
            let messages = fleetHosts.indices.map { (fleetHosts[$0].key.host, fleetHosts[$0].next()) }
            let (director, clients) = (fleet.director, clients)
            let before = Glibc.clock()
            let took = try await clock.measure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for client in 0..<clients {
                        group.addTask {
                            for place in stride(from: client, to: messages.count, by: clients) {
                                _ = try await director.checkIn(messages[place].1, of: messages[place].0, at: now)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
            let cpu = Double(Glibc.clock() - before) / Double(CLOCKS_PER_SEC)
            let (rate, work) = (Int(Double(messages.count) / seconds), Int(Double(messages.count) / cpu))
            print("round \(round): \(rate) check-ins/s, \(work) for a second of this program's CPU time")
        }
        await fleet.store.close()
    }
}
