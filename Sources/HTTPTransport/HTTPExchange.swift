// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// A request that was sent, and its answer, of which the body may still come.
///
/// Whoever lets go of it before the end closes the connection.
package final class HTTPExchange: Sendable {
    /// The head of the answer.
    package let response: HTTPResponse
    private let connection: Connection
    private let silence: Duration
    private let end: MonotonicInstant
    private let keep: @Sendable (Connection) -> Void

    init(
        _ response: HTTPResponse, on connection: Connection, silence: Duration, until end: MonotonicInstant,
        keep: @escaping @Sendable (Connection) -> Void
    ) {
        self.response = response
        self.connection = connection
        self.silence = silence
        self.end = end
        self.keep = keep
    }

    deinit {
        if connection.isInUse { connection.close() }
    }

    /// The next bytes of the body; nil at its end.
    ///
    /// - Throws: `TransportError`.
    package func next() async throws(TransportError) -> [UInt8]? {
        guard let bytes = try await connection.nextBytes(silence: silence, until: end) else {
            if connection.isReusable { keep(connection) } else { connection.close() }
            return nil
        }
        return bytes
    }
}
