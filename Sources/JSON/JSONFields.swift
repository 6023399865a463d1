// SPDX-License-Identifier: Apache-2.0

/// What a room says of an object whose fields are not what they should be.
package protocol JSONFieldError: Error {
    /// A field is not there.
    static func missing(field: String) -> Self
    /// A field is of another kind.
    static func wrongKind(field: String, expected: JSONValue.Kind, found: JSONValue.Kind) -> Self
    /// A field has a value that it cannot have.
    static func badValue(field: String, value: String) -> Self
}

/// The fields of an object, with the path to it for errors.
package struct JSONFields<Failure: JSONFieldError> {
    /// Where the object is in its document; empty for the document itself.
    package let path: String
    /// The object.
    package let object: JSONObject

    /// Takes a value that should be an object.
    ///
    /// - Throws: `wrongKind`.
    package init(_ value: JSONValue, path: String) throws(Failure) {
        guard case .object(let object) = value else {
            throw .wrongKind(field: path, expected: .object, found: value.kind)
        }
        self.path = path
        self.object = object
    }

    /// Where a field is.
    package func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Whether a field is there.
    package func has(_ name: String) -> Bool { object[name] != nil }

    /// What a field holds.
    ///
    /// - Throws: `missing`.
    package func value(_ name: String) throws(Failure) -> JSONValue {
        guard let value = object[name] else { throw .missing(field: path(of: name)) }
        return value
    }

    /// What none of the names has.
    package func others(than names: [String]) -> JSONObject {
        var others = object
        for name in names { others[name] = nil }
        return others
    }
}

extension JSONFields {
    /// Another object in this one.
    ///
    /// - Throws: `missing`, `wrongKind`.
    package func fields(_ name: String) throws(Failure) -> JSONFields {
        try JSONFields(try value(name), path: path(of: name))
    }

    /// A text.
    ///
    /// - Throws: `missing`, `wrongKind`.
    package func string(_ name: String) throws(Failure) -> String {
        try Self.string(try value(name), path: path(of: name))
    }

    /// A list.
    ///
    /// - Throws: `missing`, `wrongKind`.
    package func array(_ name: String) throws(Failure) -> [JSONValue] {
        let value = try value(name)
        guard case .array(let values) = value else {
            throw .wrongKind(field: path(of: name), expected: .array, found: value.kind)
        }
        return values
    }

    /// A list of texts.
    ///
    /// - Throws: `missing`, `wrongKind`.
    package func strings(_ name: String) throws(Failure) -> [String] {
        var strings: [String] = []
        for value in try array(name) { strings.append(try Self.string(value, path: path(of: name))) }
        return strings
    }

    /// A list of objects, each read by a function.
    ///
    /// - Throws: `missing`, `wrongKind`, what the function throws.
    package func list<Element>(
        _ name: String, _ read: (JSONFields) throws(Failure) -> Element
    ) throws(Failure) -> [Element] {
        var elements: [Element] = []
        for (index, value) in try array(name).enumerated() {
            elements.append(try read(try JSONFields(value, path: "\(path(of: name))[\(index)]")))
        }
        return elements
    }

    /// True or false.
    ///
    /// - Throws: `missing`, `wrongKind`.
    package func boolean(_ name: String) throws(Failure) -> Bool {
        let value = try value(name)
        guard case .boolean(let boolean) = value else {
            throw .wrongKind(field: path(of: name), expected: .boolean, found: value.kind)
        }
        return boolean
    }

    /// A whole number that is at least `minimum`.
    ///
    /// - Throws: `missing`, `wrongKind`, `badValue`.
    package func integer(_ name: String, atLeast minimum: Int64) throws(Failure) -> Int64 {
        let value = try value(name)
        guard case .integer(let integer) = value else {
            throw .wrongKind(field: path(of: name), expected: .integer, found: value.kind)
        }
        guard integer >= minimum else { throw .badValue(field: path(of: name), value: String(integer)) }
        return integer
    }

    /// A size in bytes.
    ///
    /// - Throws: `missing`, `wrongKind`, `badValue`.
    package func size(_ name: String) throws(Failure) -> Int {
        Int(try integer(name, atLeast: 0))
    }

    /// One of some words.
    ///
    /// - Throws: `missing`, `wrongKind`, `badValue`.
    package func word<Word: RawRepresentable<String>>(_ name: String) throws(Failure) -> Word {
        let text = try string(name)
        guard let word = Word(rawValue: text) else { throw .badValue(field: path(of: name), value: text) }
        return word
    }

    /// What a function reads from a field; nil where the field is missing or null.
    ///
    /// - Throws: What the function throws.
    package func optional<Value>(
        _ name: String, _ read: (String) throws(Failure) -> Value
    ) throws(Failure) -> Value? {
        guard let value = object[name], value != .null else { return nil }
        return try read(name)
    }

    private static func string(_ value: JSONValue, path: String) throws(Failure) -> String {
        guard case .string(let string) = value else {
            throw .wrongKind(field: path, expected: .string, found: value.kind)
        }
        return string
    }
}
