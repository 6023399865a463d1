// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

extension ReviewDocument {
    /// Reads a document's JSON text.
    ///
    /// - Throws: ``ArtefactError/badReview(reason:)``, ``ArtefactError/unsupportedVersion(found:)``,
    ///   ``ArtefactError/tooLarge(what:size:limit:)``.
    package init(parsing text: [UInt8]) throws(ArtefactError) {
        try Artefact.require("review", UInt64(text.count), atMost: UInt64(Artefact.Limit.reviewSize))
        let data = Data(text)
        do {
            let layout = try JSONDecoder().decode(Layout.self, from: data)
            guard layout.schemaVersion == Self.currentSchemaVersion else {
                throw ArtefactError.unsupportedVersion(found: layout.schemaVersion)
            }
            self = try JSONDecoder().decode(ReviewDocument.self, from: data)
        } catch let error as ArtefactError {
            throw error
        } catch {
            throw .badReview(reason: jsonReason(for: error))
        }
    }

    /// The document as JSON with sorted keys, the same text for equal documents.
    ///
    /// - Throws: ``ArtefactError/badReview(reason:)``.
    package func encoded() throws(ArtefactError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self))
        } catch {
            throw .badReview(reason: jsonReason(for: error))
        }
    }

    /// The field that every layout version has.
    private struct Layout: Codable {
        var schemaVersion: Int
    }
}
