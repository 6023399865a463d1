// SPDX-License-Identifier: Apache-2.0

internal import JSON
package import LivePatch
package import UpdateFramework

/// The patches that hosts must not apply, signed and short-lived.
///
/// It takes a patch back within one poll, without the offline keys. A host looks into it before every apply and at boot. Its
/// keys are online: whoever steals them can keep patches from hosts, and can hide a revocation until the patch is withdrawn
/// by the offline keys, but can make no host run anything.
package struct RevocationList: Hashable, Sendable {
    /// A patch that is taken back.
    package struct Entry: Hashable, Sendable {
        /// The patch's identity: SHA-256 of its file.
        package var patch: String
        /// Why, for administrators.
        package var reason: LocalizedText
        /// Since when.
        package var since: String

        /// A patch that is taken back.
        package init(patch: ArtefactID, reason: LocalizedText, since: UpdateTime) {
            self.patch = patch.description
            self.reason = reason
            self.since = since.description
        }
    }

    /// What the list says of a patch.
    package enum Judgement: Hashable, Sendable {
        /// Nothing against it.
        case clear
        /// It must not be applied.
        case revoked(Entry)
        /// The list is too old to say that a patch is clear.
        case tooOld(since: UpdateTime)
    }

    /// The layout.
    private static let schemaVersion: Int64 = 1
    /// Counts the lists; a host does not go back to a lower number.
    package private(set) var number: Int64
    /// From when on it says nothing more; the same moment as its role's.
    package private(set) var expires: String
    /// The patches.
    package private(set) var revoked: [Entry]

    /// Where the list is.
    package static let path: TargetPath = "revocations.json"
    /// The role that signs it.
    package static let role: RoleName = .revocations
    /// How long it is good, in seconds: three days.
    package static let lifetime = 3 * UpdateTime.day

    /// A list.
    package init(number: Int64, expires: UpdateTime, revoked: [Entry]) {
        self.number = number
        self.expires = expires.description
        self.revoked = revoked.sorted { $0.patch < $1.patch }
    }

    /// Reads a list.
    ///
    /// - Throws: `CatalogueError.badRevocations` or `.badField`.
    package init(parsing bytes: [UInt8]) throws(CatalogueError) {
        guard let document = try? JSONValue(parsing: bytes) else {
            throw .badRevocations(reason: "it is not the JSON that it should be")
        }
        let fields = try JSONFields<CatalogueError>(document, path: "")
        guard try fields.integer("schemaVersion", atLeast: 1) == Self.schemaVersion else {
            throw .badRevocations(reason: "it is of a later program")
        }
        number = try fields.integer("number", atLeast: 1)
        expires = try Self.moment("expires", of: fields)
        revoked = try fields.list("revoked") { (fields) throws(CatalogueError) in try Entry(fields) }
    }

    /// The list as a file.
    package var encoded: [UInt8] {
        JSONValue.object([
            "schemaVersion": .integer(Self.schemaVersion), "number": .integer(number), "expires": .string(expires),
            "revoked": .array(revoked.map(\.value)),
        ]).text
    }

    fileprivate static func moment(
        _ name: String, of fields: JSONFields<CatalogueError>
    ) throws(CatalogueError) -> String {
        let text = try fields.string(name)
        guard UpdateTime(text) != nil else { throw .badField(fields.path(of: name)) }
        return text
    }

    /// What the list says of a patch at a moment.
    ///
    /// A revocation holds for ever; that there is none holds until the list expires.
    package func judgement(on patch: ArtefactID, at now: UpdateTime) -> Judgement {
        if let entry = revoked.first(where: { $0.patch == patch.description }) { return .revoked(entry) }
        let end = UpdateTime(expires) ?? UpdateTime(secondsSince1970: .min)
        return end > now ? .clear : .tooOld(since: end)
    }
}

extension RevocationList.Entry {
    fileprivate init(_ fields: JSONFields<CatalogueError>) throws(CatalogueError) {
        patch = try fields.string("patch")
        guard patch.utf8.count == 64, patch.utf8.allSatisfy(Self.isDigit) else {
            throw .badField(fields.path(of: "patch"))
        }
        let text = try fields.fields("reason")
        reason = LocalizedText(
            english: try text.string("en"), japanese: try text.optional("ja", text.string))
        since = try RevocationList.moment("since", of: fields)
    }

    fileprivate var value: JSONValue {
        var text: JSONObject = ["en": .string(reason.english)]
        if let japanese = reason.japanese { text["ja"] = .string(japanese) }
        return .object(["patch": .string(patch), "reason": .object(text), "since": .string(since)])
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
