// SPDX-License-Identifier: Apache-2.0

/// What the archive's index says of one version of a source package; it is asked once, since a version never changes.
struct PackageRecord: Codable, Equatable, Sendable {
    /// The source package, also when a binary package's name was given.
    var source: DebianPackage
    /// The SHA-256 of its `.dsc`, which in turn holds those of its parts.
    var descriptionDigest: String
    var descriptionFile: String
    /// The packages built from it that may ship code.
    var binaries: [DebianPackage]
}

extension PackageRecord {
    /// Finds the version among what the index says of the name.
    ///
    /// - Throws: `BuildError.packageNotOffered`, `.versionNotOffered` with the versions that are.
    static func find(
        _ package: DebianPackage, in stanzas: [ControlStanza]
    ) throws(BuildError) -> (stanza: ControlStanza, binaryNames: [String]) {
        guard !stanzas.isEmpty else { throw .packageNotOffered(package.name) }
        guard let stanza = stanzas.first(where: { $0["Version"] == package.version }) else {
            var offered: [String] = []
            for version in stanzas.compactMap({ $0["Version"] }) where !offered.contains(version) {
                offered.append(version)
            }
            throw .versionNotOffered(package: package.name, version: package.version, offered: offered)
        }
        return (stanza, binaryNames(in: stanza))
    }

    /// The binary packages that can hold a target: not for all machines, not for the installer, not for building with.
    private static func binaryNames(in stanza: ControlStanza) -> [String] {
        let lines = (stanza["Package-List"] ?? "").split(whereSeparator: \.isNewline)
        return lines.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 2, words[1] == "deb", !words.contains("arch=all") else { return nil }
            let passedOver = ["-dev", "-doc", "-dbg", "-dbgsym", "-source"]
            return passedOver.contains { words[0].hasSuffix($0) } ? nil : words[0]
        }
    }

    /// The name and SHA-256 of the `.dsc` in a source stanza.
    static func description(in stanza: ControlStanza) throws(BuildError) -> (file: String, digest: String) {
        for line in (stanza["Checksums-Sha256"] ?? "").split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, words[2].hasSuffix(".dsc"), words[0].count == 64 else { continue }
            guard let name = RelativePath.safeComponents(words[2]), name.count == 1 else { continue }
            return (words[2], words[0])
        }
        throw .malformedArchiveAnswer(tool: Tool.aptCache.name, field: "Checksums-Sha256")
    }

    /// The version of a binary package that was built from a source version; a rebuild (`+b1`) has a version of its own.
    static func binaryVersion(of source: DebianPackage, in stanzas: [ControlStanza]) -> String? {
        stanzas.last { stanza in
            guard let version = stanza["Version"], stanza["Architecture"] != "all" else { return false }
            // Source: NAME (VERSION), where what equals the binary package's is left out.
            let words = stanza.words("Source")
            let sourceName = words.first ?? stanza["Package"]
            let sourceVersion = words.count > 1 ? String(words[1].dropFirst().dropLast()) : version
            return sourceName == source.name && sourceVersion == source.version
        }?["Version"]
    }
}
