// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent
import HostProtocol
import LinuxSystem
import LivePatch
import ServicePolicy

/// `kaketsugi register`: makes this host known to the service.
struct RegisterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Register this host with the service.",
        discussion: """
            The host makes a key of its own, which never leaves it, and its name is a hash of it. The activation key is \
            used once and not kept; `-` reads it from standard input, so that no list of processes shows it.

            Whose repository this host believes is said by the root metadata: that of --root, or of the package, \
            /etc/kaketsugi/root.json. Without either, what the server shows over TLS is believed this once, and its \
            fingerprint is shown: compare it with the one that the vendor publishes.

            Exit codes: 0 registered; 3 refused here, or registered already; 5 the service refuses or was not reached; \
            64 the command line is wrong.
            """)

    @Argument(help: ArgumentHelp("The activation key, or - for standard input.", valueName: "key"))
    var key: String

    @Option(help: ArgumentHelp("The server's address, https://….", valueName: "URL"))
    var server: String

    @Option(
        name: .customLong("ca"),
        help: ArgumentHelp("A file of the authorities that vouch for the server, in PEM.", valueName: "file"),
        completion: .file())
    var certificates: String?

    @Option(help: ArgumentHelp("The root metadata to trust.", valueName: "file"), completion: .file())
    var root: String?

    @Option(
        help: ArgumentHelp(
            "Put the host under a tag, name:value or a name; may be given several times.", valueName: "tag"))
    var tag: [String] = []

    @Option(help: "What the host runs on: server, virtual or other (LP-2.1-2).")
    var hardware: SystemFacts.Hardware = .undeclared

    @Option(help: "Where the installation comes from: installer, vendorImage, partnerImage or other (LP-2.1-3, -4).")
    var origin: SystemFacts.InstallOrigin = .undeclared

    @Flag(help: "Try again until the service is reached, for hosts that start before their network.")
    var autoRetry = false

    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard tag.count <= 32, tag.allSatisfy({ (1...64).contains($0.utf8.count) }) else {
            throw ValidationError("At most 32 tags, each of 1 to 64 bytes.")
        }
    }

    mutating func run() throws {
        let command = try HostCommand(output.output)
        let activationKey = key == "-" ? (readLine() ?? "") : key
        let path = certificates.map(absolute)
        let registration = HostRegistration(
            server: server, certificates: path, hardware: hardware, origin: origin, tags: tag,
            since: Moment(seconds: secondsSince1970()))
        let (root, autoRetry) = (root, autoRetry)
        let welcome = try command.run { (agent) async throws(AgentError) in
            var schedule = PollSchedule()
            while true {
                do throws(AgentError) {
                    return try await agent.register(activationKey, registration, root: root)
                } catch {
                    guard autoRetry, error.mayPass else { throw error }
                    agent.tell(.warning(error.text))
                    let wait = schedule.afterFailure(
                        interval: 3600, retryAfter: error.retryAfter, random: .random(in: 0..<1))
                    try? await Task.sleep(for: .seconds(wait))
                }
            }
        }
        startDaemon(command.agent.places)
        try command.show(Registered(welcome: welcome, server: server))
    }

    /// Lets the manager of services start the daemon, or let it look again; a host without one has no daemon to start.
    private func startDaemon(_ places: Places) {
        let manager = "/usr/bin/systemctl"
        guard places.prefix.isEmpty, (try? OwnedDescriptor(opening: "/run/systemd/system", for: .directory)) != nil
        else {
            return
        }
        let arguments = ["--no-block", "--quiet", "reload-or-restart", "kaketsugi.service"]
        _ = try? ChildProcess.run(manager, arguments, patience: .seconds(20))
    }
}

/// `kaketsugi unregister`: takes this host off the service.
struct UnregisterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unregister",
        abstract: "Take this host off the service.",
        discussion: """
            The patches that are applied stay, and are applied again when the host starts. A host that is not registered is \
            no failure.

            Exit codes: 0 the host is not registered any more; 5 the service was not reached, and the host is registered \
            still; 64 the command line is wrong.
            """)

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let command = try HostCommand(output.output)
        let wasRegistered = try command.run { (agent) async throws(AgentError) in try await agent.unregister() }
        try command.show(Unregistered(wasRegistered: wasRegistered))
    }
}

extension SystemFacts.Hardware: ExpressibleByArgument {}
extension SystemFacts.InstallOrigin: ExpressibleByArgument {}

/// What `register` shows.
private struct Registered: Presentable {
    let welcome: Agent.Welcome
    let server: String

    struct Report: Encodable {
        var schemaVersion = 1
        var host: String
        var server: String
        var system: String?
        var products: [String]
        var hasLease: Bool
        var trustedAtFirstUse: String?
        var remarks: [HostRemark]
    }

    var report: Report {
        Report(
            host: welcome.host.text, server: server, system: welcome.eligibility.system,
            products: welcome.eligibility.products, hasLease: welcome.hasLease,
            trustedAtFirstUse: welcome.trustedAtFirstUse, remarks: HostRemark.all(welcome.eligibility))
    }

    func text(in language: Language) -> String {
        var lines = [HostText.hostRegistered(host: welcome.host.text).text(in: language)]
        if let fingerprint = welcome.trustedAtFirstUse {
            lines.append(
                TextLayout.wrapped(HostText.rootOfFirstUse(fingerprint: fingerprint).text(in: language), indent: 0))
        }
        let products = welcome.eligibility.products.joined(separator: ", ")
        lines.append(HostText.covered(products: products).text(in: language))
        lines += HostRemark.all(welcome.eligibility).map { $0.text(in: language) }
        return lines.joined(separator: "\n")
    }
}

/// What `unregister` shows.
private struct Unregistered: Presentable {
    let wasRegistered: Bool

    struct Report: Encodable {
        var schemaVersion = 1
        var wasRegistered: Bool
    }

    var report: Report { Report(wasRegistered: wasRegistered) }
    func text(in language: Language) -> String { HostText.hostUnregistered(wasRegistered).text(in: language) }
}
