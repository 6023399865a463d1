// SPDX-License-Identifier: Apache-2.0

import JSON

/// As much of JSON Schema (draft 2020-12) as the schema of OpenVEX uses; a word that is not known here is a fault, so that
/// nothing is passed over.
struct JSONSchema {
    private let root: JSONObject

    init(parsing bytes: [UInt8]) throws {
        guard case .object(let object) = try JSONValue(parsing: bytes) else {
            throw JSONFault(reason: .unexpectedByte, offset: 0)
        }
        root = object
    }

    /// What is wrong with a value, with where it is.
    func faults(of value: JSONValue) -> [String] { faults(value, .object(root), "") }

    private func faults(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
        guard case .object(let schema) = schema else { return ["\(path): no schema"] }
        return schema.members.flatMap { member -> [String] in
            switch (member.name, member.value) {
            case ("title", _), ("description", _), ("$schema", _), ("$id", _), ("$defs", _): []
            case ("type", .string(let type)): value.kind.rawValue == type ? [] : ["\(path): no \(type)"]
            case ("enum", .array(let allowed)): allowed.contains(value) ? [] : ["\(path): none of the words"]
            case ("const", let constant): value == constant ? [] : ["\(path): not the value"]
            case ("minimum", .integer(let least)):
                if case .integer(let number) = value, number < least { ["\(path): too small"] } else { [] }
            case ("minItems", .integer(let least)):
                if case .array(let items) = value, items.count < least { ["\(path): too few"] } else { [] }
            case ("uniqueItems", .boolean(true)):
                if case .array(let items) = value, Set(items).count < items.count { ["\(path): one twice"] } else { [] }
            case ("format", .string(let format)): formatFaults(value, format, path)
            case ("items", let items):
                if case .array(let values) = value {
                    values.enumerated().flatMap { faults($1, items, "\(path)[\($0)]") }
                } else {
                    []
                }
            case ("required", .array(let names)): missing(names, in: value, path)
            case ("properties", .object(let properties)): propertyFaults(value, properties, path)
            case ("additionalProperties", .boolean(false)): additional(value, to: schema, path)
            case ("anyOf", .array(let choices)):
                choices.contains { faults(value, $0, path).isEmpty } ? [] : ["\(path): none of the choices"]
            case ("allOf", .array(let parts)): parts.flatMap { faults(value, $0, path) }
            case ("if", let condition):
                faults(value, condition, path).isEmpty ? faults(value, schema["then"] ?? .object([:]), path) : []
            case ("then", _): []
            case ("$ref", .string(let name)): faults(value, definition(name), path)
            default: ["\(path): the schema says \(member.name), which is not known"]
            }
        }
    }

    private func definition(_ name: String) -> JSONValue {
        guard name.hasPrefix("#/$defs/"), case .object(let all)? = root["$defs"] else { return .null }
        return all[String(name.dropFirst(8))] ?? .null
    }

    private func missing(_ names: [JSONValue], in value: JSONValue, _ path: String) -> [String] {
        guard case .object(let object) = value else { return [] }
        return names.compactMap { name in
            guard case .string(let name) = name else { return "\(path): a name that is none" }
            return object[name] == nil ? "\(path): \(name) is missing" : nil
        }
    }

    private func propertyFaults(_ value: JSONValue, _ properties: JSONObject, _ path: String) -> [String] {
        guard case .object(let object) = value else { return [] }
        return properties.members.flatMap { property in
            object[property.name].map { faults($0, property.value, "\(path).\(property.name)") } ?? []
        }
    }

    private func additional(_ value: JSONValue, to schema: JSONObject, _ path: String) -> [String] {
        guard case .object(let object) = value, case .object(let known)? = schema["properties"] else { return [] }
        return object.members.filter { known[$0.name] == nil }.map { "\(path): \($0.name) is not known" }
    }

    private func formatFaults(_ value: JSONValue, _ format: String, _ path: String) -> [String] {
        guard case .string(let text) = value else { return [] }
        let isGood =
            switch format {
            case "uri", "iri": text.contains(":") && !text.contains(" ") && text.first?.isLetter == true
            case "date-time": text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/) != nil
            default: false
            }
        return isGood ? [] : ["\(path): no \(format)"]
    }
}
