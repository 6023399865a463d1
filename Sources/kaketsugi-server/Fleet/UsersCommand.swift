// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import ServicePolicy
import ServiceStore

/// `kaketsugi-server users`: who may sign in to the pages.
struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "Enter who may sign in, show them, and set passwords.",
        subcommands: [AddUser.self, ListUsers.self, SetPassword.self])
}

/// Where a new password comes from.
struct PasswordOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with the password on its first line; without it, the terminal is asked.", valueName: "file"),
        completion: .file())
    var passwordFile: String?

    /// The password as it is stored.
    func stored(for name: String) throws -> String {
        let bytes = try Passphrase.obtain(from: passwordFile, for: name, twice: true)
        let password = String(decoding: bytes, as: UTF8.self)
        guard password.count >= 12 else { throw refused(FleetText.emptyPassword.reason) }
        return try PasswordText.make(for: password)
    }
}

/// `users add`.
struct AddUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Enter somebody.")

    @Argument(help: "The name to sign in with.")
    var name: String

    @Option(help: "What they may do: reader, operator or administrator.")
    var role = UserRecord.Role.reader

    @OptionGroup var password: PasswordOptions
    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let now = Moment.now
        let user = UserRecord(name: name, role: role, password: try password.stored(for: name), created: now)
        try await service.change { records in
            guard try records.user(user.name) == nil else { throw refused(FleetText.userExists(user.name).reason) }
            try records.put(user)
            try records.log(
                "user.added", of: user.name, by: ServiceOptions.actor, at: now, detail: user.role.rawValue)
            return RecordReport(entry: UserEntry(user), said: .userAdded(user.name))
        }
    }
}

/// `users list`.
struct ListUsers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show who may sign in.")

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        try await service.show { ListReport(entries: try $0.users().map(UserEntry.init)) }
    }
}

/// `users password`.
struct SetPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Set somebody's password, and end their sessions.")

    @Argument(help: "The name.")
    var name: String

    @OptionGroup var password: PasswordOptions
    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let (name, now) = (name, Moment.now)
        let stored = try password.stored(for: name)
        try await service.change { records in
            guard var user = try records.user(name) else { throw StoreError.noSuch(.user, name) }
            user.password = stored
            user.changed = now
            try records.put(user)
            try records.endSessions(of: name)
            try records.log("user.password", of: name, by: ServiceOptions.actor, at: now)
            return RecordReport(entry: UserEntry(user), said: .passwordChanged(name))
        }
    }
}

extension UserRecord.Role: ExpressibleByArgument {}

/// Somebody in a list.
struct UserEntry: FleetEntry {
    static let list = "users"
    let name: String
    let role: String
    let created: String
    let changed: String
    let isDisabled: Bool

    init(_ user: UserRecord) {
        name = user.name
        role = user.role.rawValue
        created = user.created.text
        changed = user.changed.text
        isDisabled = user.isDisabled
    }

    func cells(in language: Language) -> [String] { [name, role, isDisabled ? "✗" : "", created] }
}
