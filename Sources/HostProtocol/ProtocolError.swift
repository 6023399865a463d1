// SPDX-License-Identifier: Apache-2.0

package import JSON

/// Why a message between host and service was not taken.
package enum ProtocolError: Error, Hashable, Sendable {
    /// The bytes are not the JSON that they should be.
    case notJSON(String)
    /// A field is not there.
    case missing(field: String)
    /// A field is of another kind.
    case wrongKind(field: String, expected: JSONValue.Kind, found: JSONValue.Kind)
    /// A field has a value that it cannot have.
    case badValue(field: String, value: String)
    /// The message is of a later program.
    case laterVersion(Int64)
    /// A key is not one of Ed25519.
    case badKey
    /// A statement is of another kind.
    case wrongStatement(expected: String, found: String)
    /// No key of the service has signed a statement.
    case unsigned(String)
    /// A statement is about another host.
    case otherHost(expected: HostID, found: HostID)
    /// A header of a signed request is missing, or not what it should be.
    case badHeader(name: String)
    /// A request's body is not the one that was signed.
    case otherBody
    /// A request was signed too long ago, or in the future; seconds by the service's clock.
    case otherTime(difference: Int64)
    /// A request's signature is not its host's.
    case badSignature
}

extension ProtocolError: JSONFieldError {}

extension ProtocolError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON(let reason): "the message is no JSON: \(reason)"
        case .missing(let field): "\(field) is missing"
        case .wrongKind(let field, let expected, let found):
            "\(field.isEmpty ? "the message" : field) should be \(expected.rawValue) and is \(found.rawValue)"
        case .badValue(let field, let value): "\(field) cannot be \(value.prefix(60))"
        case .laterVersion(let version): "the message has schema version \(version), of a later program"
        case .badKey: "the key is not one of Ed25519"
        case .wrongStatement(let expected, let found): "the statement is \(found.prefix(60)) and not \(expected)"
        case .unsigned(let type): "no key of the service has signed the \(type)"
        case .otherHost(let expected, let found): "the statement is about host \(found), and this one is \(expected)"
        case .badHeader(let name): "the header \(name) is missing, or not what a signed request has"
        case .otherBody: "the body is not the one that was signed"
        case .otherTime(let difference):
            "the request's clock differs by \(difference) seconds from the service's; set the clock of the host"
        case .badSignature: "the signature is not the host's"
        }
    }
}
