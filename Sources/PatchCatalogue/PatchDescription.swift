// SPDX-License-Identifier: Apache-2.0

internal import ELF
package import JSON
package import LivePatch

/// What a repository says of a patch beside its size and hash: enough for a host to choose, and for people to read.
package struct PatchDescription: Hashable, Sendable {
    /// How bad what the patch fixes is (VR-sev-critical to VR-sev-low).
    package enum Severity: String, CaseIterable, Sendable {
        /// By a stranger from the network, or out of a guest.
        case critical
        /// With an account or a user's help, or a stop from the network.
        case high
        /// Hard to reach, or in some configurations.
        case moderate
        /// Any other.
        case low
    }

    /// What must be started again for the fix to hold (LP-3.1).
    package enum Restart: String, CaseIterable, Sendable {
        /// Nothing.
        case none
        /// The processes that use the target.
        case process
        /// The system.
        case system
    }

    /// The product.
    package var product: String
    /// The distribution.
    package var distribution: String
    /// The name of the file that the patch is for.
    package var target: String
    /// The package that ships it, with its version, if that is known.
    package var package: String?
    /// The build ID of that file, as small hexadecimal digits.
    package var buildID: String
    /// The level.
    package var level: Int
    /// The vulnerabilities that are fixed, as `CVE-YYYY-NNNN`.
    package var vulnerabilities: [String]
    /// The worst of them.
    package var severity: Severity
    /// What must be started again.
    package var restart: Restart
    /// What proves that the patch fits its target, by the kinds of evidence in its manifest, and `virtual-machine` where it
    /// has passed in one.
    package var proof: [String]

    /// What is to be said of a patch.
    package init(
        of patch: Artefact, on shelf: PatchShelf, severity: Severity, restart: Restart
    ) {
        let manifest = patch.manifest
        product = shelf.product
        distribution = shelf.distribution
        target = manifest.target.name
        package = manifest.target.package
        buildID = "\(manifest.target.buildID)"
        level = manifest.level
        vulnerabilities = Set(manifest.fixes.flatMap(\.vulnerabilities)).sorted()
        self.severity = severity
        self.restart = restart
        let kinds = Set(manifest.evidence.map(\.kind.rawValue))
        proof = kinds.union(patch.isProved ? ["virtual-machine"] : []).sorted()
    }
}

extension PatchDescription {
    /// The layout of ``custom``.
    static let schemaVersion: Int64 = 1

    /// The description as metadata has it.
    package var custom: JSONObject {
        var object: JSONObject = [
            "schemaVersion": .integer(Self.schemaVersion), "product": .string(product),
            "distribution": .string(distribution), "target": .string(target), "buildID": .string(buildID),
            "level": .integer(Int64(level)), "cves": .array(vulnerabilities.map { .string($0) }),
            "severity": .string(severity.rawValue), "restart": .string(restart.rawValue),
            "proof": .array(proof.map { .string($0) }),
        ]
        if let package { object["package"] = .string(package) }
        return object
    }

    /// Reads a description.
    ///
    /// - Throws: `CatalogueError.badField` with the field that is missing or wrong.
    package init(custom object: JSONObject) throws(CatalogueError) {
        let fields = try JSONFields<CatalogueError>(.object(object), path: "")
        guard try fields.integer("schemaVersion", atLeast: 1) == Self.schemaVersion else {
            throw .badField("schemaVersion")
        }
        product = try fields.string("product")
        distribution = try fields.string("distribution")
        target = try fields.string("target")
        package = try fields.optional("package", fields.string)
        buildID = try fields.string("buildID")
        level = Int(try fields.integer("level", atLeast: 1))
        vulnerabilities = try fields.strings("cves")
        severity = try fields.word("severity")
        restart = try fields.word("restart")
        proof = try fields.strings("proof")
    }
}
