// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CivilTime
import CommandLineOutput
import ServicePolicy
import ServiceStore

/// `kaketsugi-server activation-keys`: what hosts register with.
struct ActivationKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activation-keys", abstract: "Make activation keys, show them, and revoke them.",
        subcommands: [AddActivationKey.self, ListActivationKeys.self, RevokeActivationKey.self])
}

/// `activation-keys add`.
struct AddActivationKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make an activation key. It is shown once, and stored as a hash.")

    @Option(help: "The contract's number.")
    var contract: String

    @Option(help: "How many hosts it may have; without it, any number.")
    var limit: Int?

    @Option(help: ArgumentHelp("The last day on which it opens a registration, as YYYY-MM-DD.", valueName: "day"))
    var expires: CalendarDay?

    @Option(help: "The group that its hosts come into.")
    var group = "default"

    @Option(name: .long, help: "A product, such as glibc; may be given several times, and never for all.")
    var product: [String] = []

    @Option(help: "A note for people.")
    var note = ""

    @OptionGroup var service: ServiceOptions

    mutating func validate() throws {
        guard limit.map({ $0 > 0 }) ?? true else { throw ValidationError("A limit is at least 1.") }
    }

    mutating func run() async throws {
        let now = Moment.now
        let secret = ActivationKeySecret()
        let key = ActivationKey(
            secret, contract: contract, limit: limit,
            expires: expires.map { Moment(startOf: $0.adding(days: 1)) }, group: group, products: product, note: note,
            created: now)
        try await service.change { records in
            try records.add(key)
            try records.log(
                "key.added", of: key.id, by: ServiceOptions.actor, at: now, detail: "contract \(key.contract)")
            return RecordReport(
                entry: ActivationKeyEntry(key, hosts: 0, secret: secret), said: .keyAdded(secret.text, id: key.id))
        }
    }
}

/// `activation-keys list`.
struct ListActivationKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the activation keys, with how many hosts they have.")

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        try await service.show { records in
            let counts = try records.hostCounts()
            return ListReport(
                entries: try records.activationKeys().map { ActivationKeyEntry($0, hosts: counts[$0.id] ?? 0) })
        }
    }
}

/// `activation-keys revoke`.
struct RevokeActivationKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke an activation key: its hosts get no new lease.",
        discussion: "What hosts have applied stays. They can register again with another key.")

    @Argument(help: "The key, as the list names it.")
    var id: String

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let (id, now) = (id, Moment.now)
        try await service.change { records in
            try records.revokeActivationKey(id, at: now)
            try records.log("key.revoked", of: id, by: ServiceOptions.actor, at: now)
            guard let key = try records.activationKey(id) else { throw StoreError.noSuch(.activationKey, id) }
            let hosts = try records.hostCounts()[id] ?? 0
            return RecordReport(entry: ActivationKeyEntry(key, hosts: hosts), said: .keyRevoked(id))
        }
    }
}

/// A key in a list.
struct ActivationKeyEntry: FleetEntry {
    static let list = "keys"
    let id: String
    /// The key itself; only when it was just made.
    let key: String?
    let contract: String
    let hosts: Int
    let limit: Int?
    let expires: String?
    let group: String
    let products: [String]
    let note: String
    let revoked: String?

    init(_ key: ActivationKey, hosts: Int, secret: ActivationKeySecret? = nil) {
        id = key.id
        self.key = secret?.text
        contract = key.contract
        self.hosts = hosts
        limit = key.limit
        expires = key.expires?.text
        group = key.group
        products = key.products
        note = key.note
        revoked = key.revoked?.text
    }

    func cells(in language: Language) -> [String] {
        [
            id, contract, "\(hosts)/\(limit.map { "\($0)" } ?? "∞")", group,
            revoked.map { "✗ \($0)" } ?? expires.map { "→ \($0)" } ?? "", products.joined(separator: " "), note,
        ]
    }
}
