// SPDX-License-Identifier: Apache-2.0

extension ReviewDocument: VersionedJSON {
    static func malformed(_ reason: String) -> ArtefactError { .badReview(reason: reason) }

    /// Reads a document's JSON text.
    ///
    /// - Throws: ``ArtefactError/badReview(reason:)``, ``ArtefactError/unsupportedVersion(found:)``,
    ///   ``ArtefactError/tooLarge(what:size:limit:)``.
    package init(parsing text: [UInt8]) throws(ArtefactError) {
        try Artefact.require("review", UInt64(text.count), atMost: UInt64(Artefact.Limit.reviewSize))
        try self.init(parsingJSON: text)
    }

    /// The document as JSON with sorted keys, the same text for equal documents.
    ///
    /// - Throws: ``ArtefactError/badReview(reason:)``.
    package func encoded() throws(ArtefactError) -> [UInt8] { try encodedJSON() }
}
