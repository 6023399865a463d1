// SPDX-License-Identifier: Apache-2.0

extension Manifest: VersionedJSON {
    static func malformed(_ reason: String) -> ArtefactError { .badManifest(reason: reason) }

    /// Reads a manifest's JSON text.
    ///
    /// - Throws: ``ArtefactError/badManifest(reason:)`` with the path of the field that is missing or wrong,
    ///   ``ArtefactError/unsupportedVersion(found:)``, ``ArtefactError/tooLarge(what:size:limit:)``.
    package init(parsing text: [UInt8]) throws(ArtefactError) {
        try Artefact.require("manifest", UInt64(text.count), atMost: UInt64(Artefact.Limit.manifestSize))
        try self.init(parsingJSON: text)
    }

    /// The manifest as JSON with sorted keys, the same text for equal manifests.
    ///
    /// - Throws: ``ArtefactError/badManifest(reason:)``.
    package func encoded() throws(ArtefactError) -> [UInt8] { try encodedJSON() }
}
