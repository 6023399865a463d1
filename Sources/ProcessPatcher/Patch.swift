// SPDX-License-Identifier: Apache-2.0

package import LivePatch

/// A live patch to be applied: an artefact that has been checked, and its identity.
package struct Patch: Hashable, Sendable {
    /// The identity of the file.
    package let id: ArtefactID
    /// What the file holds.
    package let artefact: Artefact
    /// The manifest as it will lie in processes.
    let manifestText: [UInt8]

    /// Reads the contents of an artefact file.
    package init(parsing file: [UInt8]) throws(ArtefactError) {
        artefact = try Artefact(parsing: file)
        // As it is: to encode it again takes as long as to patch a process.
        guard let text = Artefact.manifestText(in: file) else { throw .notAnArtefact }
        manifestText = text
        id = ArtefactID(of: file)
    }

    /// Checks and encodes an artefact that was made here.
    package init(_ artefact: Artefact) throws(ArtefactError) {
        try self.init(parsing: try artefact.encoded())
    }

    /// The names of the functions that the patch replaces.
    package var functionNames: [String] { artefact.manifest.functions.map(\.name) }
}
