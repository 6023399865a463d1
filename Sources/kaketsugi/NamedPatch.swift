// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LivePatch
import ProcessPatcher

/// A patch as a person names it: by a file, or by the beginning of its identity.
struct NamedPatch {
    private let written: String
    private let file: Patch?

    /// Reads the file, unless the name can only be an identity.
    init(_ written: String) throws {
        self.written = written
        let isIdentity = (6...64).contains(written.utf8.count) && written.utf8.allSatisfy(Self.isHexadecimal)
        if isIdentity {
            file = nil
        } else if written.contains(where: { $0 == "/" || $0 == "." }) {
            file = try readPatch(written)
        } else {
            throw refused(Text.neitherIdentityNorFile(written: written).text(in: .current))
        }
    }

    /// The manifest, if it is known without a process.
    var manifest: Manifest? { file?.artefact.manifest }

    /// Whether a process's patch is the one.
    func matches(_ record: ResidentRecord) -> Bool {
        matches(record.patch)
    }

    /// Whether it is named by a file, and that is a patch of the kernel.
    var isForKernel: Bool { file?.artefact.isForKernel ?? false }

    /// Whether a patch has the identity that was written, or is the file.
    func matches(_ patch: ArtefactID) -> Bool { file.map { $0.id == patch } ?? patch.matches(written) }

    /// The identity, which must be one and the same for all records that match.
    func identity(among records: [ResidentRecord]) throws -> ArtefactID {
        if let file { return file.id }
        let identities = Set(records.map(\.patch))
        guard identities.count <= 1 else {
            let patches = identities.map(\.short).sorted()
            throw refused(Text.ambiguous(written: written, patches: patches).text(in: .current))
        }
        guard let identity = identities.first else {
            throw refused(Text.noPatchedProcess(patch: written).text(in: .current), .noTarget)
        }
        return identity
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
