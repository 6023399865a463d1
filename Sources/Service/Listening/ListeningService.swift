// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import HostProtocol
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdHTTP2
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import ServiceLifecycle

/// Listens, and hands each request to the repository or, if it is about something else, to the router.
struct ListeningService<Responder: HTTPResponder>: ServiceLifecycle.Service where Responder.Context == PageContext {
    let configuration: ServiceConfiguration
    let identity: ServerIdentity?
    let repository: RepositoryResponder
    let hosts: HostResponder
    let router: Responder
    let connections: Gauge
    let logger: Logger
    /// Told the port once it is listened on.
    let onListening: @Sendable (Int) async -> Void

    func run() async throws {
        let server: any ServiceLifecycle.Service
        do {
            server = try builder.buildServer(
                configuration: ServerConfiguration(
                    address: .hostname(configuration.host, port: configuration.port), backlog: 1024,
                    availableConnectionsDelegate: .maximum(configuration.limits.connections, logger: quiet)),
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet,
                responder: { request, writer, channel in
                    let answer = await respond(to: request, channel)
                    try await writer.write(response: answer.head, body: answer.body)
                },
                onServerRunning: { channel in
                    await onListening(channel.localAddress?.port ?? configuration.port)
                })
        } catch {
            throw ServiceError.badCertificate(file: "TLS", reason: "\(error)")
        }
        do { try await server.run() } catch let error as IOError {
            throw ServiceError.cannotListen(
                host: configuration.host, port: configuration.port, reason: error.description)
        }
    }

    /// What the server says of itself is the concern of those who look for its mistakes.
    private var quiet: Logger {
        var quiet = logger
        if quiet.logLevel < .warning { quiet.logLevel = .warning }
        return quiet
    }

    private func respond(to request: Request, _ channel: any Channel) async -> (head: HTTPResponse, body: ResponseBody)
    {
        do {
            if let answer = try await repository.answer(to: request.head, on: channel.eventLoop) { return answer }
            let peer = { channel.remoteAddress?.ipAddress ?? "" }
            if let answer = await hosts.answer(to: request, peer: peer()) { return (answer.head, answer.body) }
            let context = PageContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            var response = try await router.respond(to: request, context: context)
            response.headers[.date] = repository.clock.now.text
            return (response.head, request.method == .head ? ResponseBody() : response.body)
        } catch {
            // What went wrong is for the log, and nothing of it for who asked.
            logger.error("a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            let response = Refusal.response(ServiceRefusal(.unavailable, retryAfter: 30), at: repository.clock)
            return (response.head, response.body)
        }
    }

    private var builder: HTTPServerBuilder {
        let limits = configuration.limits
        var stream = HTTP1Channel.Configuration(
            additionalChannelHandlers: [DirectAnswersInstaller(repository), BodyDeadline(limits.body)],
            idleTimeout: limits.idle)
        stream.httpDecoder.maxHeaderFieldSize = limits.headerBytes
        stream.httpDecoder.maxHeaderListSize = limits.headerBytes
        stream.httpDecoder.maxHeaderFieldCount = limits.headerFields
        let (configuration, connections) = (stream, connections)
        guard let identity else {
            return HTTPServerBuilder { responder in
                GuardedChannel(
                    base: HTTP1Channel(responder: responder, configuration: configuration), limits: limits,
                    connections: connections)
            }
        }
        let tls = identity.configuration
        return HTTPServerBuilder { responder in
            GuardedChannel(
                base: try HTTP2UpgradeChannel(
                    tlsConfiguration: tls,
                    configuration: HTTP2ChannelConfiguration(
                        idleTimeout: .seconds(limits.idleSeconds),
                        gracefulCloseTimeout: .seconds(limits.idleSeconds), streamConfiguration: configuration),
                    responder: responder),
                limits: limits, connections: connections)
        }
    }
}
