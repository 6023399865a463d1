// SPDX-License-Identifier: Apache-2.0

package import JSON
internal import LivePatch
internal import ServicePolicy
internal import UpdateFramework

extension JSONFields where Failure == ProtocolError {
    /// Reads a message, which is an object with a `schemaVersion`.
    ///
    /// - Throws: `ProtocolError`.
    package init(message bytes: [UInt8], schemaVersion: Int64) throws(ProtocolError) {
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes) } catch { throw .notJSON("\(error)") }
        try self.init(value, path: "")
        let version = try integer("schemaVersion", atLeast: 1)
        guard version == schemaVersion else { throw .laterVersion(version) }
    }

    /// A moment, as `YYYY-MM-DDTHH:MM:SSZ`.
    ///
    /// - Throws: `missing`, `wrongKind`, `badValue`.
    func moment(_ name: String) throws(ProtocolError) -> Moment {
        let text = try string(name)
        guard let time = UpdateTime(text) else { throw .badValue(field: path(of: name), value: text) }
        return Moment(seconds: time.secondsSince1970)
    }

    /// A host's name.
    ///
    /// - Throws: `missing`, `wrongKind`, `badValue`.
    func host(_ name: String) throws(ProtocolError) -> HostID {
        let text = try string(name)
        guard let host = HostID(text) else { throw .badValue(field: path(of: name), value: text) }
        return host
    }

    /// A text of at most so many bytes.
    ///
    /// - Throws: `missing`, `wrongKind`, `badValue`.
    func string(_ name: String, limit: Int) throws(ProtocolError) -> String {
        let text = try string(name)
        guard text.utf8.count <= limit else {
            throw .badValue(field: path(of: name), value: "longer than \(limit) bytes")
        }
        return text
    }

    /// A list of objects of at most so many.
    ///
    /// - Throws: `missing`, `wrongKind`, `badValue`, what the function throws.
    func list<Element>(
        _ name: String, limit: Int, _ read: (JSONFields) throws(ProtocolError) -> Element
    ) throws(ProtocolError) -> [Element] {
        let count = try array(name).count
        guard count <= limit else { throw .badValue(field: path(of: name), value: "a list of \(count)") }
        return try list(name, read)
    }
}

extension JSONValue {
    /// A moment.
    static func moment(_ moment: Moment) -> JSONValue {
        .string(UpdateTime(secondsSince1970: moment.seconds).description)
    }

    /// A text, or null.
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}

extension JSONFields where Failure == ProtocolError {
    /// A build ID.
    ///
    /// - Throws: `missing`, `wrongKind`, `badValue`.
    func buildID(_ name: String) throws(ProtocolError) -> String {
        let text = try string(name)
        guard (2...128).contains(text.utf8.count), let bytes = Hexadecimal.bytes(of: text),
            Hexadecimal.text(of: bytes) == text
        else { throw .badValue(field: path(of: name), value: text) }
        return text
    }

    /// A patch's identity.
    ///
    /// - Throws: `missing`, `wrongKind`, `badValue`.
    func patch(_ name: String) throws(ProtocolError) -> ArtefactID {
        let text = try string(name)
        guard let patch = ArtefactID(hexadecimal: text) else {
            throw .badValue(field: path(of: name), value: text)
        }
        return patch
    }
}
