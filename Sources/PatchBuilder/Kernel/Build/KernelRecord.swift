// SPDX-License-Identifier: Apache-2.0

/// What the archive says about a kernel, kept so that a known build root needs no archive.
struct KernelRecord: Codable, Equatable, Sendable {
    /// What `uname -r` prints: `6.1.0-50-cloud-amd64`.
    var release: String
    /// The packages, and the digests by which they are told from others.
    var packages: [Package]

    struct Package: Codable, Equatable, Sendable {
        var name: String
        var version: String
        var digest: String
    }

    /// Asks the archive.
    ///
    /// - Throws: ``BuildError/versionNotOffered(package:version:offered:)`` if the version has left it.
    static func find(_ kernel: KernelPackage, in archive: PrivateArchive) async throws(BuildError) -> KernelRecord {
        let image = try await dependency(of: kernel.metaPackages.image, version: kernel.version, archive)
        let headers = try await dependency(of: kernel.metaPackages.headers, version: kernel.version, archive)
        let prefix = "linux-image-"
        guard image.hasPrefix(prefix) else {
            throw .malformedArchiveAnswer(tool: Tool.aptCache.name, field: "Depends")
        }
        var packages: [Package] = []
        for name in [image, headers, kernel.sourcePackage.name] {
            packages.append(try await package(name, version: kernel.version, archive))
        }
        return KernelRecord(release: String(image.dropFirst(prefix.count)), packages: packages)
    }

    private static func dependency(
        of name: String, version: String, _ archive: PrivateArchive
    ) async throws(BuildError) -> String {
        let stanza = try await stanza(name, version, archive)
        guard let dependency = stanza.words("Depends").first else {
            throw .malformedArchiveAnswer(tool: Tool.aptCache.name, field: "Depends")
        }
        return dependency
    }

    private static func package(
        _ name: String, version: String, _ archive: PrivateArchive
    ) async throws(BuildError) -> Package {
        guard let digest = try await stanza(name, version, archive)["SHA256"], digest.count == 64 else {
            throw .malformedArchiveAnswer(tool: Tool.aptCache.name, field: "SHA256")
        }
        return Package(name: name, version: version, digest: digest)
    }

    private static func stanza(
        _ name: String, _ version: String, _ archive: PrivateArchive
    ) async throws(BuildError) -> ControlStanza {
        let stanzas = try await archive.binaryStanzas(name)
        guard !stanzas.isEmpty else { throw .packageNotOffered(name) }
        guard let stanza = stanzas.first(where: { $0["Version"] == version }) else {
            throw .versionNotOffered(
                package: name, version: version, offered: stanzas.compactMap { $0["Version"] }.uniqued())
        }
        return stanza
    }
}
