// SPDX-License-Identifier: Apache-2.0

package import JSON

extension JSONValue {
    /// A member of an object; nil for any other value.
    package subscript(name: String) -> JSONValue? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    /// The elements of a list; nil for any other value.
    package var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The first element of a list.
    package var first: JSONValue? { array?.first }

    /// A text; nil for any other value.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
}
