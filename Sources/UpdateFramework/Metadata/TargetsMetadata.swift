// SPDX-License-Identifier: Apache-2.0

package import JSON

/// What a targets role says of a file.
package struct TargetFile: Hashable, Sendable {
    /// Its size in bytes.
    package var length: Int
    /// Its hashes.
    package var hashes: FileHashes
    /// What the repository's owner says of it, for the program that uses it.
    package var custom: JSONObject?

    /// A statement about a file.
    package init(length: Int, hashes: FileHashes, custom: JSONObject? = nil) {
        self.length = length
        self.hashes = hashes
        self.custom = custom
    }

    /// A statement about a file with these contents.
    package init(of bytes: [UInt8], custom: JSONObject? = nil) {
        self.init(length: bytes.count, hashes: FileHashes(of: bytes), custom: custom)
    }

    init(_ fields: Fields) throws(MetadataError) {
        length = try fields.size("length")
        hashes = try FileHashes(try fields.fields("hashes"))
        custom = fields.has("custom") ? try fields.fields("custom").object : nil
    }

    var value: JSONValue {
        var object: JSONObject = ["length": .integer(Int64(length)), "hashes": hashes.value]
        if let custom { object["custom"] = .object(custom) }
        return .object(object)
    }
}

/// The files that a role vouches for, and the roles to which it hands some of that right.
package struct TargetsMetadata: MetadataPayload {
    package static let type = "targets"
    package var header: MetadataHeader
    /// The files.
    package var targets: [TargetPath: TargetFile]
    /// The delegations, if there are any.
    package var delegations: Delegations?

    /// Targets metadata to be signed.
    package init(
        header: MetadataHeader, targets: [TargetPath: TargetFile] = [:], delegations: Delegations? = nil
    ) {
        self.header = header
        self.targets = targets
        self.delegations = delegations
    }

    package init(reading object: JSONObject) throws(MetadataError) {
        let fields = try Fields(.object(object), path: "signed")
        header = try MetadataHeader(fields, type: Self.type, known: ["targets", "delegations"])
        targets = [:]
        let files = try fields.fields("targets")
        for member in files.object.members {
            targets[TargetPath(member.name)] = try TargetFile(try files.fields(member.name))
        }
        delegations = fields.has("delegations") ? try Delegations(try fields.fields("delegations")) : nil
    }

    package var members: JSONObject {
        var files = JSONObject()
        for (path, file) in targets { files[path.text] = file.value }
        var members: JSONObject = ["targets": .object(files)]
        if let delegations { members["delegations"] = delegations.value }
        return members
    }
}
