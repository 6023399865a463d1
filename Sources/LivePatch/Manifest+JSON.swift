// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

extension Manifest {
    /// Reads a manifest's JSON text.
    ///
    /// - Throws: ``ArtefactError/badManifest(reason:)`` with the path of the field that is missing or wrong,
    ///   ``ArtefactError/unsupportedVersion(found:)``, ``ArtefactError/tooLarge(what:size:limit:)``.
    package init(parsing text: [UInt8]) throws(ArtefactError) {
        try Artefact.require("manifest", UInt64(text.count), atMost: UInt64(Artefact.Limit.manifestSize))
        let data = Data(text)
        do {
            let layout = try JSONDecoder().decode(Layout.self, from: data)
            guard layout.schemaVersion == Self.currentSchemaVersion else {
                throw ArtefactError.unsupportedVersion(found: layout.schemaVersion)
            }
            self = try JSONDecoder().decode(Manifest.self, from: data)
        } catch let error as ArtefactError {
            throw error
        } catch {
            throw .badManifest(reason: jsonReason(for: error))
        }
    }

    /// The manifest as JSON with sorted keys, the same text for equal manifests.
    ///
    /// - Throws: ``ArtefactError/badManifest(reason:)``.
    package func encoded() throws(ArtefactError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self))
        } catch {
            throw .badManifest(reason: jsonReason(for: error))
        }
    }

    /// The field that every layout version has.
    private struct Layout: Codable {
        var schemaVersion: Int
    }
}

/// What is wrong with a JSON text, with the path of the field.
func jsonReason(for error: any Error) -> String {
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
