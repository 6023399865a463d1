// SPDX-License-Identifier: Apache-2.0

/// The fields of an object, with the path to it for errors.
struct Fields {
    let path: String
    let object: JSONObject

    init(_ value: JSONValue, path: String) throws(MetadataError) {
        guard case .object(let object) = value else {
            throw .wrongKind(field: path, expected: .object, found: value.kind)
        }
        self.path = path
        self.object = object
    }

    func path(of name: String) -> String { "\(path).\(name)" }

    func value(_ name: String) throws(MetadataError) -> JSONValue {
        guard let value = object[name] else { throw .missing(field: path(of: name)) }
        return value
    }

    /// Another object in this one.
    func fields(_ name: String) throws(MetadataError) -> Fields {
        try Fields(try value(name), path: path(of: name))
    }

    func string(_ name: String) throws(MetadataError) -> String {
        try Self.string(try value(name), path: path(of: name))
    }

    func array(_ name: String) throws(MetadataError) -> [JSONValue] {
        let value = try value(name)
        guard case .array(let values) = value else {
            throw .wrongKind(field: path(of: name), expected: .array, found: value.kind)
        }
        return values
    }

    func strings(_ name: String) throws(MetadataError) -> [String] {
        var strings: [String] = []
        for value in try array(name) { strings.append(try Self.string(value, path: path(of: name))) }
        return strings
    }

    func boolean(_ name: String) throws(MetadataError) -> Bool {
        let value = try value(name)
        guard case .boolean(let boolean) = value else {
            throw .wrongKind(field: path(of: name), expected: .boolean, found: value.kind)
        }
        return boolean
    }

    /// A whole number that is at least `minimum`.
    func integer(_ name: String, atLeast minimum: Int64) throws(MetadataError) -> Int64 {
        let value = try value(name)
        guard case .integer(let integer) = value else {
            throw .wrongKind(field: path(of: name), expected: .integer, found: value.kind)
        }
        guard integer >= minimum else { throw .badValue(field: path(of: name), value: String(integer)) }
        return integer
    }

    /// A size in bytes.
    func size(_ name: String) throws(MetadataError) -> Int {
        Int(try integer(name, atLeast: 0))
    }

    func has(_ name: String) -> Bool { object[name] != nil }

    /// What none of the names has.
    func others(than names: [String]) -> JSONObject {
        var others = object
        for name in names { others[name] = nil }
        return others
    }

    private static func string(_ value: JSONValue, path: String) throws(MetadataError) -> String {
        guard case .string(let string) = value else {
            throw .wrongKind(field: path, expected: .string, found: value.kind)
        }
        return string
    }
}
