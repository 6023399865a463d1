// SPDX-License-Identifier: Apache-2.0

/// What the archive says about a kernel, kept so that a known build root needs no archive.
struct KernelRecord: Codable, Equatable, Sendable {
    /// What `uname -r` prints: `6.1.0-50-cloud-amd64`.
    var release: String
    /// The packages, and the digests by which they are told from others.
    var packages: [Package]
    /// The package with the compiler that the headers depend on: `gcc-12`.
    var compilerPackage: String?

    struct Package: Codable, Equatable, Sendable {
        var name: String
        var version: String
        var digest: String
    }

    /// Asks the archive.
    ///
    /// - Throws: ``BuildError/versionNotOffered(package:version:offered:)`` if the version has left it.
    static func find(_ kernel: KernelPackage, in archive: PrivateArchive) async throws(BuildError) -> KernelRecord {
        let names = try await archive.packageNames(beginningWith: kernel.imagePrefix)
        let images = names.compactMap { name in kernel.release(ofImage: name).map { (name: name, release: $0) } }
        guard !images.isEmpty else { throw .packageNotOffered("\(kernel.imagePrefix)…-\(kernel.flavour)") }
        var offered: [String] = []
        for image in images.sorted(by: { $0.name < $1.name }) {
            let versions = try await archive.binaryStanzas(image.name).compactMap { $0["Version"] }
            // A package that only depends on the newest image has its version, and no kernel.
            guard versions.contains(kernel.version), image.release.contains("-"),
                image.release != "\(kernel.series)-\(kernel.flavour)"
            else {
                offered += versions
                continue
            }
            return try await record(of: image.release, kernel, archive)
        }
        throw .versionNotOffered(package: "\(kernel)", version: kernel.version, offered: offered.uniqued())
    }

    private static func record(
        of release: String, _ kernel: KernelPackage, _ archive: PrivateArchive
    ) async throws(BuildError) -> KernelRecord {
        let headers = "linux-headers-" + release
        var packages: [Package] = []
        for name in ["linux-image-" + release, headers, kernel.sourcePackage.name] {
            packages.append(try await package(name, version: kernel.version, archive))
        }
        let needed = try await stanza(headers, kernel.version, archive).words("Depends")
        return KernelRecord(release: release, packages: packages, compilerPackage: needed.compactMap(compiler).first)
    }

    /// `gcc-14`, or for older kernels `linux-compiler-gcc-12-x86`, which depends on it.
    private static func compiler(_ name: String) -> String? {
        let words = name.split(separator: "-")
        guard let place = words.firstIndex(of: "gcc"), place + 1 < words.count, words[place + 1].allSatisfy(\.isNumber)
        else { return nil }
        return "gcc-\(words[place + 1])"
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
