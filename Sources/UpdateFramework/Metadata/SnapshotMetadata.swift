// SPDX-License-Identifier: Apache-2.0

package import JSON

/// What snapshot or timestamp metadata says of another role's metadata.
package struct ListedMetadata: Hashable, Sendable {
    /// Its version.
    package var version: Int64
    /// Its size in bytes, if it is told.
    package var length: Int?
    /// Its hashes, if they are told.
    package var hashes: FileHashes?

    /// A statement about metadata.
    package init(version: Int64, length: Int? = nil, hashes: FileHashes? = nil) {
        self.version = version
        self.length = length
        self.hashes = hashes
    }

    init(_ fields: Fields) throws(MetadataError) {
        version = try fields.integer("version", atLeast: 1)
        length = fields.has("length") ? try fields.size("length") : nil
        hashes = fields.has("hashes") ? try FileHashes(try fields.fields("hashes")) : nil
    }

    var value: JSONValue {
        var object: JSONObject = ["version": .integer(version)]
        if let length { object["length"] = .integer(Int64(length)) }
        if let hashes { object["hashes"] = hashes.value }
        return .object(object)
    }

    /// Whether the statement's length and hashes, if any, are those of some bytes.
    package func describes(_ bytes: [UInt8]) -> Bool {
        if let length, length != bytes.count { return false }
        return hashes?.match(bytes) ?? true
    }
}

/// Which versions of the targets' metadata belong together.
package struct SnapshotMetadata: MetadataPayload {
    package static let type = "snapshot"
    package var header: MetadataHeader
    /// What is said of the metadata of `targets` and of every role below it.
    package var listed: [RoleName: ListedMetadata]

    /// Snapshot metadata to be signed.
    package init(header: MetadataHeader, listed: [RoleName: ListedMetadata]) {
        self.header = header
        self.listed = listed
    }

    package init(reading object: JSONObject) throws(MetadataError) {
        let fields = try Fields(.object(object), path: "signed")
        header = try MetadataHeader(fields, type: Self.type, known: ["meta"])
        listed = try listedMetadata(try fields.fields("meta"))
    }

    package var members: JSONObject { ["meta": value(of: listed)] }
}

/// Which snapshot is the newest.
package struct TimestampMetadata: MetadataPayload {
    package static let type = "timestamp"
    package var header: MetadataHeader
    /// What is said of the snapshot.
    package var snapshot: ListedMetadata

    /// Timestamp metadata to be signed.
    package init(header: MetadataHeader, snapshot: ListedMetadata) {
        self.header = header
        self.snapshot = snapshot
    }

    package init(reading object: JSONObject) throws(MetadataError) {
        let fields = try Fields(.object(object), path: "signed")
        header = try MetadataHeader(fields, type: Self.type, known: ["meta"])
        snapshot = try ListedMetadata(try fields.fields("meta").fields(RoleName.snapshot.listedName))
    }

    package var members: JSONObject { ["meta": value(of: [.snapshot: snapshot])] }
}

private func listedMetadata(_ fields: Fields) throws(MetadataError) -> [RoleName: ListedMetadata] {
    var listed: [RoleName: ListedMetadata] = [:]
    for member in fields.object.members {
        let statement = try ListedMetadata(try fields.fields(member.name))
        // What does not end so is no role's metadata, and nothing here reads it.
        guard member.name.utf8.suffix(5).elementsEqual(".json".utf8) else { continue }
        listed[RoleName(String(decoding: member.name.utf8.dropLast(5), as: UTF8.self))] = statement
    }
    return listed
}

private func value(of listed: [RoleName: ListedMetadata]) -> JSONValue {
    var object = JSONObject()
    for (role, statement) in listed { object[role.listedName] = statement.value }
    return .object(object)
}
