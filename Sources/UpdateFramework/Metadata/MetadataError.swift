// SPDX-License-Identifier: Apache-2.0

package import JSON

/// Why bytes are not the metadata that they should be.
package enum MetadataError: JSONFieldError, Hashable, Sendable {
    /// They are no JSON, or JSON that cannot have been signed.
    case notJSON(JSONFault)
    /// A field is not there.
    case missing(field: String)
    /// A field is of another kind.
    case wrongKind(field: String, expected: JSONValue.Kind, found: JSONValue.Kind)
    /// A field has a value that it cannot have.
    case badValue(field: String, value: String)
    /// What may come once comes twice.
    case duplicate(field: String, value: String)
    /// The metadata of another role.
    case wrongType(expected: String, found: String)
    /// Written for a version of the specification that this program does not know.
    case unsupportedSpecification(String)
    /// A delegation with both kinds of pattern, or none.
    case badPatterns(role: String)
}

extension MetadataError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON(let fault): "no usable JSON: \(fault.reason.rawValue) at byte \(fault.offset)"
        case .missing(let field): "\(field) is missing"
        case .wrongKind(let field, let expected, let found):
            "\(field) should be of kind \(expected.rawValue), and is \(found.rawValue)"
        case .badValue(let field, let value): "\(field) cannot be \(quoted(value))"
        case .duplicate(let field, let value): "\(field) has \(quoted(value)) twice"
        case .wrongType(let expected, let found): "it is of type \(quoted(found)), and should be \(expected)"
        case .unsupportedSpecification(let version):
            "it is written for version \(quoted(version)) of the specification, and this program reads versions 1.x"
        case .badPatterns(let role):
            "the delegation to \(quoted(role)) must have either paths or path_hash_prefixes"
        }
    }
}

/// The fields of metadata.
typealias Fields = JSONFields<MetadataError>

/// Foreign text for a message: short, in quotes, without what would move a terminal's cursor.
func quoted(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(100).map { $0.value < 0x20 || $0.value == 0x7f ? "\u{FFFD}" : Character($0) }
    return "\"" + String(shown) + (text.unicodeScalars.count > 100 ? "…\"" : "\"")
}
