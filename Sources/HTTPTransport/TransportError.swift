// SPDX-License-Identifier: Apache-2.0

/// Why a request was not answered.
package enum TransportError: Error, Hashable, Sendable {
    /// What a request waits for.
    package enum Stage: String, Hashable, Sendable {
        case connection
        case proxy
        case tls
        case answer
    }

    /// The text is no address of HTTP.
    case badAddress(String)
    /// The name of a host is not known.
    case unresolved(host: String, reason: String)
    /// Nobody takes the connection.
    case unreachable(host: String, port: Int, reason: String)
    /// The proxy does not connect; its answer.
    case proxyRefused(status: Int)
    /// What the proxy says is no HTTP.
    case badProxy
    /// The server cannot prove who it is, or speaks no TLS that this program does.
    case insecure(host: String, reason: String)
    /// A file of certificates cannot be used.
    case badCertificates(path: String, reason: String)
    /// It took too long.
    case timedOut(Stage, seconds: Int64)
    /// The connection broke, or what came is no HTTP.
    case broken(reason: String)
    /// The answer is longer than it may be.
    case tooLong(limit: Int)
    /// The server sends the client on to another one, or round and round.
    case sentElsewhere(location: String)
}

extension TransportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badAddress(let text): "\(text.prefix(200)) is no address that begins with https:// or http://"
        case .unresolved(let host, let reason): "the name \(host) is not known: \(reason)"
        case .unreachable(let host, let port, let reason): "no connection to \(host) port \(port): \(reason)"
        case .proxyRefused(let status): "the proxy refuses to connect, with status \(status)"
        case .badProxy: "what the proxy answers is no HTTP"
        case .insecure(let host, let reason): "TLS with \(host) failed: \(reason)"
        case .badCertificates(let path, let reason): "\(path) is no file of certificates that can be used: \(reason)"
        case .timedOut(let stage, let seconds): "no \(stage.text) within \(seconds) s"
        case .broken(let reason): "the connection broke: \(reason)"
        case .tooLong(let limit): "the answer is longer than \(limit) bytes"
        case .sentElsewhere(let location):
            "the server sends this program on to \(location.prefix(200)), and it does not follow to other servers"
        }
    }
}

extension TransportError.Stage {
    fileprivate var text: String {
        switch self {
        case .connection: "connection"
        case .proxy: "answer of the proxy"
        case .tls: "end of the TLS handshake"
        case .answer: "answer"
        }
    }
}
