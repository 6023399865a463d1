// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// A part of an artefact that is kept as JSON, with the version of its layout as a field.
protocol VersionedJSON: Encodable {
    /// The only layout that this version reads and writes.
    static var currentSchemaVersion: Int { get }
    /// The error for a text that does not have the layout.
    static func malformed(_ reason: String) -> ArtefactError
}

extension VersionedJSON where Self: Decodable {
    /// Reads a text.
    ///
    /// - Throws: ``malformed(_:)`` with the path of the field that is missing or wrong,
    ///   ``ArtefactError/unsupportedVersion(found:)``.
    init(parsingJSON text: [UInt8]) throws(ArtefactError) {
        let data = Data(text)
        do {
            let layout = try JSONDecoder().decode(Layout.self, from: data)
            guard layout.schemaVersion == Self.currentSchemaVersion else {
                throw ArtefactError.unsupportedVersion(found: layout.schemaVersion)
            }
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch let error as ArtefactError {
            throw error
        } catch {
            throw Self.malformed(reason(for: error))
        }
    }
}

extension VersionedJSON {
    /// The text with sorted keys, the same for equal values.
    ///
    /// - Throws: ``malformed(_:)``.
    func encodedJSON() throws(ArtefactError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self))
        } catch {
            throw Self.malformed(reason(for: error))
        }
    }
}

/// The field that every layout version has.
private struct Layout: Codable {
    var schemaVersion: Int
}

private func reason(for error: any Error) -> String {
    func path(_ context: DecodingError.Context) -> String {
        let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
        return keys.isEmpty ? "the text" : keys.joined().trimmingPrefix(".").description
    }
    return switch error as? DecodingError {
    case .keyNotFound(let key, let context): "\(path(context)) has no field \(key.stringValue)"
    case .typeMismatch(let type, let context): "\(path(context)) is no \(type)"
    case .valueNotFound(let type, let context): "\(path(context)) is null and should be a \(type)"
    case .dataCorrupted(let context): "\(path(context)): \(context.debugDescription)"
    case nil: "\(error)"
    @unknown default: "\(error)"
    }
}
