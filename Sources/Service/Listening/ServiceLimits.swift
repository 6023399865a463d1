// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// What a client may ask of the server at most, so that one of them cannot keep it from the others.
package struct ServiceLimits: Hashable, Sendable {
    /// Connections at a time; more wait until one is closed.
    package var connections = 4096
    /// Bytes of all header fields of a request.
    package var headerBytes = 16 << 10
    /// Header fields of a request.
    package var headerFields = 64
    /// Bytes of a form.
    package var formBytes = 64 << 10
    /// Seconds until TLS is agreed upon.
    package var handshakeSeconds: Int64 = 10
    /// Seconds until the whole head of a request is there, from the beginning of the connection or the answer before.
    package var idleSeconds: Int64 = 30
    /// Seconds until the whole body of a request is there.
    package var bodySeconds: Int64 = 20
    /// Seconds within which a client takes the next piece of an answer.
    package var stallSeconds: Int64 = 30

    /// The usual ones.
    package init() {}

    var handshake: TimeAmount { .seconds(handshakeSeconds) }
    var idle: TimeAmount { .seconds(idleSeconds) }
    var body: TimeAmount { .seconds(bodySeconds) }
    var stall: TimeAmount { .seconds(stallSeconds) }
}
