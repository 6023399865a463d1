// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import Glibc
import LinuxSystem
import Logging
import Service
import ServicePolicy
import ServiceStore
import UnixSignals

/// `kaketsugi-server serve`: runs the service.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the service: the repository, registration and check-in of hosts, and the pages.",
        discussion: """
            Without any option it begins in the folder kaketsugi, which it makes: with a certificate of its own, a \
            database, and a user admin, whose password is printed once. It ends on SIGTERM or SIGINT, when the requests \
            that are under way have their answers.

            Exit codes: 0 it was told to end; 3 refused, with the cause on standard error; 64 the command line is wrong.
            """)

    /// The folder of a server, in the working folder, where a command is not told of another.
    static let data = "kaketsugi"

    @Option(help: ArgumentHelp("The folder of all that the server keeps.", valueName: "dir"), completion: .directory)
    var data = Self.data

    @Option(help: ArgumentHelp("Where to listen; a port of 0 is any that is free.", valueName: "host:port"))
    var listen = ListenAddress(host: "0.0.0.0", port: 8443)

    @Option(help: ArgumentHelp("A database of PostgreSQL, in place of a file in --data.", valueName: "uri"))
    var database: String?

    @Option(
        help: ArgumentHelp("The folder of the repository, if it is not in --data.", valueName: "dir"),
        completion: .directory)
    var repository: String?

    @OptionGroup var transport: TransportOptions
    @OptionGroup var signer: OnlineSignerOptions

    @Flag(help: "Serve the additional systems, Debian and Ubuntu, no longer.")
    var standardOnly = false

    @Option(help: "How to write the log to standard error: text or json.")
    var logFormat = LogFormat.text

    @Option(help: "From which level on messages are written: debug, info, notice, warning or error.")
    var logLevel = LogLevel.info

    mutating func run() async throws {
        let (format, level) = (logFormat, logLevel)
        LoggingSystem.bootstrap { label in
            var handler: any LogHandler =
                format == .json ? JSONLogHandler(label: label) : StreamLogHandler.standardError(label: label)
            handler.logLevel = level.level
            return handler
        }
        let signers = try signer.open()
        do {
            try makeDirectory(data)
            // What the server makes from here on holds secrets: the database, and the keys of its certificates.
            _ = umask(0o077)
            var configuration = ServiceConfiguration(data: data)
            if let repository { configuration.repository = repository }
            (configuration.host, configuration.port) = (listen.host, listen.port)
            configuration.transport = transport.transport
            configuration.trustsProxy = transport.trustProxy
            configuration.signers = signers
            if let database { configuration.database = try StoreLocation(uri: database) }
            if standardOnly { configuration.coverage = .standard }
            let isPlain = configuration.transport == .plain
            let host = listen.host
            let application = try await ServiceApplication(
                configuration, logger: Logger(label: "kaketsugi"), endingOn: [.sigterm, .sigint]
            ) { port in
                let address = "\(isPlain ? "http" : "https")://\(host == "0.0.0.0" ? "localhost" : host):\(port)/"
                _ = StandardOutput.write(line: ServerText.serving(address).text(in: .current))
            }
            if let user = application.firstUser {
                let text = ServerText.firstUser(name: user.name, password: user.password)
                _ = StandardOutput.write(line: text.text(in: .current))
            }
            if !application.takesHosts {
                StandardError.write(TextLayout.wrapped(ServerText.registersNobody.text(in: .current), indent: 0) + "\n")
            }
            try await application.run()
        } catch let error as ServiceError {
            throw refused(LocalizedReason(error.text.english, error.text.japanese))
        } catch let error as StoreError {
            throw refused(LocalizedReason("\(error)", nil))
        } catch let error as SystemError {
            throw refused(LocalizedReason("\(error)", nil))
        }
    }
}

/// How clients reach the server.
struct TransportOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("A certificate with its chain, in PEM.", valueName: "file"), completion: .file()
    )
    var certificate: String?

    @Option(name: .long, help: ArgumentHelp("Its key, in PEM.", valueName: "file"), completion: .file())
    var certificateKey: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A name or address for the server's own certificate, beside those of the machine; may be given several times.",
            valueName: "name"))
    var name: [String] = []

    @Flag(help: "Speak HTTP without TLS: for a proxy in front of the server, and for benchmarks.")
    var plain = false

    @Flag(help: "Believe what the proxy in front of the server says of its clients (X-Forwarded-For, -Proto).")
    var trustProxy = false

    mutating func validate() throws {
        guard (certificate == nil) == (certificateKey == nil) else {
            throw ValidationError("--certificate and --certificate-key go together.")
        }
        guard !plain || (certificate == nil && name.isEmpty) else {
            throw ValidationError("--plain has no certificate.")
        }
    }

    var transport: ServiceConfiguration.Transport {
        if plain { return .plain }
        if let certificate, let certificateKey { return .certificate(file: certificate, keyFile: certificateKey) }
        return .ownAuthority(names: name)
    }
}

/// Where to listen.
struct ListenAddress: ExpressibleByArgument, CustomStringConvertible {
    var host: String
    var port: Int

    init(host: String, port: Int) { (self.host, self.port) = (host, port) }

    /// `HOST:PORT`, `[ADDRESS]:PORT` or `:PORT`.
    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else {
            return nil
        }
        var host = String(argument[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.init(host: host.isEmpty ? "0.0.0.0" : host, port: Int(port))
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    var defaultValueDescription: String { description }
}

/// How the log is written.
enum LogFormat: String, CaseIterable, ExpressibleByArgument { case text, json }

/// From which level on.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, notice, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}
