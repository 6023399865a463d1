// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

extension Connection {
    /// Connects to a server, by the proxy where the settings say so.
    static func open(
        to origin: HTTPAddress.Origin, with settings: HTTPSettings, in group: MultiThreadedEventLoopGroup,
        tls: NIOSSLContext?
    ) async throws(TransportError) -> Connection {
        let proxy = settings.proxy(for: origin)
        let channel = try await connect(to: proxy?.origin ?? origin, patience: settings.connectPatience, in: group)
        do throws(TransportError) {
            if let proxy, origin.isSecure {
                try await agree(.proxy, on: channel, patience: settings.connectPatience) { pipeline, isDone in
                    try pipeline.addHandler(
                        ProxyHandshake(
                            to: origin.hostAndPort, authorization: proxy.authorization, agent: settings.agent,
                            isDone: isDone))
                }
            }
            if let tls {
                try await agree(.tls, on: channel, patience: settings.connectPatience) { pipeline, isDone in
                    let name = origin.isNumber ? nil : origin.host
                    try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
                    try pipeline.addHandler(TLSHandshake(with: origin.host, isDone: isDone))
                }
            }
            let reader = try await speakHTTP(on: channel)
            let forwarding = proxy.flatMap { proxy in
                origin.isSecure
                    ? nil : Forwarding(server: "http://\(origin.authority)", authorization: proxy.authorization)
            }
            return Connection(channel, reader, forwarding: forwarding)
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    private static func connect(
        to origin: HTTPAddress.Origin, patience: Duration, in group: MultiThreadedEventLoopGroup
    ) async throws(TransportError) -> any Channel {
        do {
            return try await ClientBootstrap(group: group)
                .connectTimeout(TimeAmount(patience))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: origin.host, port: origin.port).get()
        } catch let error as NIOConnectionError where error.connectionErrors.isEmpty {
            let reason = error.dnsAError ?? error.dnsAAAAError
            throw .unresolved(host: origin.host, reason: reason.map { "\($0)" } ?? "it has no address")
        } catch let error as NIOConnectionError {
            let reasons = Set(error.connectionErrors.map { "\($0.error)" }).sorted()
            throw .unreachable(host: origin.host, port: origin.port, reason: reasons.joined(separator: "; "))
        } catch let error as ChannelError {
            if case .connectTimeout = error { throw .timedOut(.connection, seconds: patience.components.seconds) }
            throw .unreachable(host: origin.host, port: origin.port, reason: "\(error)")
        } catch {
            throw .unreachable(host: origin.host, port: origin.port, reason: "\(error)")
        }
    }

    /// Adds a handler, and waits until it has done its part.
    private static func agree(
        _ stage: TransportError.Stage, on channel: any Channel, patience: Duration,
        _ add: @escaping @Sendable (ChannelPipeline.SynchronousOperations, EventLoopPromise<Void>) throws -> Void
    ) async throws(TransportError) {
        let isDone = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute {
            do { try add(channel.pipeline.syncOperations, isDone) } catch { isDone.fail(error) }
        }
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(patience)) {
            isDone.fail(TransportError.timedOut(stage, seconds: patience.components.seconds))
        }
        defer { timer.cancel() }
        do { try await isDone.futureResult.get() } catch { throw TransportError(error) }
    }

    /// Makes the channel one of HTTP, which reads only when it is asked to.
    private static func speakHTTP(on channel: any Channel) async throws(TransportError) -> NIOLoopBound<ResponseReader>
    {
        do {
            return try await channel.eventLoop.submit {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHTTPClientHandlers()
                let reader = ResponseReader()
                try pipeline.addHandler(reader)
                try channel.syncOptions?.setOption(.autoRead, value: false)
                return NIOLoopBound(reader, eventLoop: channel.eventLoop)
            }.get()
        } catch {
            throw TransportError(error)
        }
    }
}

extension HTTPAddress {
    /// The value of `Proxy-Authorization` for the name and password that the address of a proxy has (RFC 7617).
    fileprivate var authorization: String? { user.map { "Basic " + Data($0.utf8).base64EncodedString() } }
}

extension HTTPAddress.Origin {
    /// Whether the host is an address: a certificate must name it as one then, and there is no name to ask for.
    fileprivate var isNumber: Bool { (try? SocketAddress(ipAddress: host, port: port)) != nil }
}
