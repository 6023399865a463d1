// SPDX-License-Identifier: Apache-2.0

extension Manifest: VersionedJSON {
    static func malformed(_ reason: String) -> ArtefactError { .badManifest(reason: reason) }

    /// The manifest as JSON with sorted keys, the same text for equal manifests.
    ///
    /// - Throws: ``ArtefactError/badManifest(reason:)``.
    package func encoded() throws(ArtefactError) -> [UInt8] { try encodedJSON() }
}
