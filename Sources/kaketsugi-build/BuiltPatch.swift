// SPDX-License-Identifier: Apache-2.0

import LivePatch

/// A live patch and the file that it is written to.
struct BuiltPatch {
    /// Where the file goes.
    var path: String
    /// What is in it.
    var artefact: Artefact
    /// Its bytes.
    var file: [UInt8]

    /// A patch as a file.
    init(path: String, artefact: Artefact) throws(ArtefactError) {
        self.path = path
        self.artefact = artefact
        file = try artefact.encoded()
    }

    /// Its identity.
    var id: ArtefactID { ArtefactID(of: file) }
}
