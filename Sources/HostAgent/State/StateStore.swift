// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
internal import LinuxSystem

/// The agent's files: one process at a time changes them, and each change is whole or has not happened.
package struct StateStore: Sendable {
    /// Where they are.
    package let places: Places

    private static let limit = 16 << 20

    /// The files at their places.
    package init(_ places: Places) { self.places = places }

    /// The state now; that of a new host if there is none.
    ///
    /// - Throws: `AgentError`.
    package func read() throws(AgentError) -> HostState {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try contents(ofFile: places.stateFile, limit: Self.limit)
        } catch {
            guard error.number == .noSuchFile else { throw .system(error) }
            return HostState()
        }
        do throws(ProtocolError) {
            return try HostState(parsing: bytes)
        } catch {
            throw .badState(file: places.stateFile, reason: "\(error)")
        }
    }

    /// Changes the state, and returns when the change is durable.
    ///
    /// - Throws: `AgentError`; the state is as it was then.
    @discardableResult
    package func change<Value>(_ body: (inout HostState) throws(AgentError) -> Value) throws(AgentError) -> Value {
        try onSystem { () throws(SystemError) in try places.prepare() }
        let lock = try onSystem { () throws(SystemError) in try DirectoryLock(holding: places.state) }
        defer { withExtendedLifetime(lock) {} }
        var state = try read()
        let before = state
        let value = try body(&state)
        if state != before {
            let bytes = state.encoded
            try onSystem { () throws(SystemError) in try replaceFile(places.stateFile, with: bytes, for: .owner) }
        }
        return value
    }

    /// The host's key; nil if it has none.
    ///
    /// - Throws: `AgentError`.
    package func key() throws(AgentError) -> HostKey? {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try contents(ofFile: places.key, limit: 1024)
        } catch {
            guard error.number == .noSuchFile else { throw .system(error) }
            return nil
        }
        let digits = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        do throws(ProtocolError) {
            return try HostKey(secret: digits)
        } catch {
            throw .badState(file: places.key, reason: "\(error)")
        }
    }

    /// Keeps a key, for root's eyes only.
    ///
    /// - Throws: `AgentError`.
    package func keep(_ key: HostKey) throws(AgentError) {
        try onSystem { () throws(SystemError) in
            try places.prepare()
            try replaceFile(places.key, with: Array((key.secret + "\n").utf8), for: .owner)
        }
    }
}
